import { stripVTControlCharacters } from 'node:util';

/** Wide enough for a title, narrow enough for a terminal. */
const MAX_WIDTH = 44;

/** A title comes from somebody else: what would move the cursor or break the row must not reach it. */
const cell = (text: string): string => {
  const plain = stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
  return plain.length > MAX_WIDTH ? `${plain.slice(0, MAX_WIDTH - 1)}…` : plain;
};

/** Rows of equal width, the head and a rule first. */
export const formatTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const cells = [head, ...rows].map((row) => row.map(cell));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const join = (row: readonly string[]): string =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [first = [], ...rest] = cells;
  return [join(first), join(widths.map((width) => '─'.repeat(width))), ...rest.map(join)];
};
