/** A bare item of a structured field, its parameters beside it (RFC 9651, section 3.3). */
export interface StructuredItem {
  readonly value: string | number | boolean;
  readonly parameters: ReadonlyMap<string, string | number | boolean>;
}

const KEY = /[a-z*][a-z0-9_\-.*]*/y;
const BLANKS = /[\t ]*/y;

/** Strings, decimals and integers, tokens, booleans: what rate limits are told in. */
const BARE: readonly {
  readonly form: RegExp;
  readonly read: (text: string) => string | number | boolean;
}[] = [
  {
    form: /"(?:[ !#-[\]-~]|\\["\\])*"/y,
    read: (text) => text.slice(1, -1).replace(/\\(.)/g, '$1'),
  },
  { form: /-?(?:\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y, read: Number },
  { form: /[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*/y, read: (text) => text },
  { form: /\?[01]/y, read: (text) => text === '?1' },
];

/** Reads from left to right; the first thing that is wrong ends it. */
class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  take(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  bare(): StructuredItem['value'] | undefined {
    for (const { form, read } of BARE) {
      const found = this.take(form);
      if (found !== undefined) return read(found);
    }
    return undefined;
  }
}

const readItem = (reader: Reader): StructuredItem | undefined => {
  const value = reader.bare();
  if (value === undefined) return undefined;
  const parameters = new Map<string, StructuredItem['value']>();
  while (reader.skip(';')) {
    reader.take(/ */y);
    const key = reader.take(KEY);
    if (key === undefined) return undefined;
    const given = reader.skip('=') ? reader.bare() : true;
    if (given === undefined) return undefined;
    parameters.set(key, given);
  }
  return { value, parameters };
};

/**
 * The members of a list field, without inner lists, byte sequences and dates; `undefined` for anything
 * else, since a field with one fault is ignored as a whole (RFC 9651, section 4.2).
 */
export const parseStructuredList = (
  text: string | null | undefined,
): readonly StructuredItem[] | undefined => {
  const trimmed = text?.replace(/^ +| +$/g, '');
  if (trimmed === undefined || trimmed === '') return undefined;
  const reader = new Reader(trimmed);
  const items: StructuredItem[] = [];
  for (;;) {
    const item = readItem(reader);
    if (item === undefined) return undefined;
    items.push(item);
    reader.take(BLANKS);
    if (reader.isAtEnd) return items;
    if (!reader.skip(',')) return undefined;
    reader.take(BLANKS);
  }
};
