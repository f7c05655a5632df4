import { escapeHtml } from '../../escape-html.js';

/** HTML that was made here; everything else is text, and escaped where it is put in. */
export class Html {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  toString(): string {
    return this.#source;
  }
}

type Part = Html | string | number | readonly Html[] | undefined | false;

/** Text that is put in is escaped; only what this tag made is not. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(String.raw({ raw: literals }, ...parts.map(render)));

const render = (part: Part): string => {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (Array.isArray(part)) return part.join('\n');
  return escapeHtml(String(part));
};
