/** Separators, wildcards, quotes and case, wherever a store may build its own key or pattern from them. */
export const TRICKY: readonly string[] = [
  'a',
  'A',
  'a|b',
  'a:b',
  'a/b',
  'a\\b',
  'a"b',
  "a'b",
  'a","b',
  'a\u0000b',
  'a b',
  'a%',
  'a%7Cb',
  'a_',
  'a*',
  'a?',
  'a[b]',
  'a{b}',
  'ab',
  'abc',
  'null',
  'undefined',
  '__proto__',
  'ä',
  'a\u0308',
];

/** Pairs that run together to the same text when they are joined by `separator`. */
export const shifted = (separator: string): readonly (readonly [string, string])[] => [
  [`x${separator}y`, 'z'],
  ['x', `y${separator}z`],
];

export const SEPARATORS: readonly string[] = [
  '|',
  ':',
  '/',
  ',',
  '","',
  '\u0000',
  ' ',
  '-',
  '_',
  '.',
  '',
];
