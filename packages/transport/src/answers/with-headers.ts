import type { HeadersInput } from '@tributary/pipeline';

type Pair = readonly [string, string];

/** The caller's headers and ours, of which ours win. Not by Headers, whose errors quote values. */
export const withHeaders = (
  given: HeadersInput | undefined,
  own: Readonly<Record<string, string>>,
): readonly Pair[] => {
  const theirs: Iterable<Pair> =
    given !== undefined && Symbol.iterator in given
      ? (given as Iterable<Pair>)
      : Object.entries(given ?? {});
  return [
    ...[...theirs].filter(([name]) => !Object.hasOwn(own, String(name).toLowerCase())),
    ...Object.entries(own),
  ];
};
