/** What a browser knows of a form: where it goes, its fields, its buttons. */
export interface HtmlForm {
  readonly action: string;
  readonly method: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly value: string;
  }[];
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

/** The first form of a page. Enough HTML for plain server-rendered pages, no more. */
export function findForm(html: string): HtmlForm | undefined {
  const form = /<form\b([^>]*)>([\s\S]*?)<\/form>/i.exec(html);
  if (form === null) return undefined;
  const [, head = '', content = ''] = form;
  return {
    action: attribute(head, 'action') ?? '',
    method: (attribute(head, 'method') ?? 'get').toUpperCase(),
    fields: tags(content, 'input').map((tag) => ({
      name: attribute(tag, 'name') ?? '',
      type: attribute(tag, 'type') ?? 'text',
      value: attribute(tag, 'value') ?? '',
    })),
    buttons: tags(content, 'button').map((tag) => ({
      name: attribute(tag, 'name') ?? '',
      value: attribute(tag, 'value') ?? '',
    })),
  };
}

/** The words on a page, for an error message. */
export const pageText = (html: string): string =>
  decode(
    html
      .replace(/<(style|script|title)\b[\s\S]*?<\/\1>/gi, ' ')
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' '),
  )
    .trim()
    .slice(0, 300);

const tags = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`<${name}\\b([^>]*)>`, 'gi'))].map((match) => match[1] ?? '');

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}="([^"]*)"`, 'i').exec(tag);
  return match === null ? undefined : decode(match[1] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
};

const decode = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity);
