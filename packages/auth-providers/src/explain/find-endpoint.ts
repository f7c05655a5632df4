/** A path segment that stands for a parameter: of a route, or written out as a number. */
const PARAMETER = /\{\}|^\d+$/;

const segmentsOf = (template: string): readonly string[] => {
  const [path = ''] = template.split(/[?#]/, 1);
  // Both spellings reach the same endpoint; /rest/… is that of Data Center, and of older links.
  const whole = path.replace(/^(?:\/wiki)*(?=\/)/, '/wiki');
  return whole.split('/').map((segment) => (PARAMETER.test(segment) ? '{}' : segment));
};

const fits = (key: string, segments: readonly string[]): boolean => {
  const wanted = key.split('/');
  return (
    wanted.length === segments.length &&
    wanted.every((segment, index) => segment === '{}' || segment === segments[index])
  );
};

/** The key of a table keyed by templates that a call's template fits; a literal goes before a `{}`. */
export const findEndpointKey = (
  table: Readonly<Record<string, unknown>>,
  template: string,
): string | undefined => {
  const segments = segmentsOf(template);
  const exact = segments.join('/');
  return Object.hasOwn(table, exact)
    ? exact
    : Object.keys(table).find((candidate) => fits(candidate, segments));
};

/** The row of such a table. */
export const findEndpoint = <T>(
  table: Readonly<Record<string, T>>,
  template: string,
): T | undefined => {
  const key = findEndpointKey(table, template);
  return key === undefined ? undefined : table[key];
};
