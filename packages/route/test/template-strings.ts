/** What the language passes to a tag for these literals. */
export function templateStrings(...literals: readonly string[]): TemplateStringsArray {
  const raw = Object.freeze([...literals]);
  return Object.freeze(Object.assign([...literals], { raw }));
}
