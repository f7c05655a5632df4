import type { HeadersInput } from '@tributary/pipeline';

type Pair = readonly [string, string];

const pairsOf = (headers: HeadersInput | undefined): readonly Pair[] =>
  headers !== undefined && Symbol.iterator in headers
    ? [...(headers as Iterable<Pair>)]
    : Object.entries(headers ?? {});

/** Whether one of them has this name, given in lower case. */
export const hasHeader = (headers: HeadersInput | undefined, name: string): boolean =>
  pairsOf(headers).some(([each]) => String(each).toLowerCase() === name);

/** Two sets of headers in one, of which the second wins. Not by Headers, whose errors quote values. */
export const withHeaders = (
  defaults: HeadersInput | undefined,
  own: HeadersInput | undefined,
): readonly Pair[] => {
  const winning = pairsOf(own);
  const taken = new Set(winning.map(([name]) => String(name).toLowerCase()));
  const others = pairsOf(defaults).filter(([name]) => !taken.has(String(name).toLowerCase()));
  return [...others, ...winning];
};
