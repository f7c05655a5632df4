/** What a table holds under a key that came from outside; nothing that it inherits. */
export const ownEntry = <T>(
  table: Readonly<Record<string, T>> | undefined,
  key: string,
): T | undefined => (table && Object.hasOwn(table, key) ? table[key] : undefined);
