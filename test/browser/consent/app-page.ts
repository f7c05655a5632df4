/** Markup of the app's own; everything else that is put in is text. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const render = (part: unknown): string => {
  if (part instanceof Markup) return part.toString();
  return Array.isArray(part) ? part.map(render).join('') : escapeText(String(part));
};

export const html = (literals: TemplateStringsArray, ...parts: readonly unknown[]): Markup =>
  new Markup(String.raw({ raw: literals }, ...parts.map(render)));

/** A page of the app. */
export const page = (title: string, body: Markup, status = 200): Response =>
  new Response(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeText(title)}</title><main><h1>${escapeText(title)}</h1>${body}</main></html>`,
    { status, headers: { 'content-type': 'text/html; charset=utf-8' } },
  );
