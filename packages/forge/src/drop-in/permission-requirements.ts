const RESOURCES = ['fonts', 'frames', 'images', 'media', 'scripts', 'styles'];
const SIDES = ['backend', 'client'];

/**
 * @throws Error, TypeError in Forge's words, where `requirements` has a field that means nothing, or that is
 *   of the wrong kind
 */
export const checkRequirements = (requirements: object): void => {
  const { scopes, external } = requirements as Record<string, unknown>;
  checkKeys(requirements, ['scopes', 'external']);
  checkList(scopes, 'scopes');
  if (external === undefined) return;
  checkObject(external, 'external');
  checkKeys(external, [...RESOURCES, 'fetch', 'configurable']);
  checkLists(external, RESOURCES, 'external');
  const { fetch } = external as Record<string, unknown>;
  if (fetch === undefined) return;
  checkObject(fetch, 'external.fetch');
  checkKeys(fetch, SIDES);
  checkLists(fetch, SIDES, 'external.fetch');
};

const checkKeys = (record: object, known: readonly string[]): void => {
  const unknown = Object.keys(record).filter((key) => !known.includes(key));
  if (unknown.length === 0) return;
  throw new Error(
    `Invalid permission key(s): ${unknown.join(', ')}. Visit https://go.atlassian.com/forge-permissions for more information.`,
  );
};

const checkLists = (record: object, fields: readonly string[], path: string): void => {
  for (const field of fields) {
    checkList((record as Record<string, unknown>)[field], `${path}.${field}`);
  }
};

const checkList = (value: unknown, path: string): void => {
  if (value === undefined || Array.isArray(value)) return;
  throw new TypeError(`${path} should be an array, not a ${typeof value}`);
};

function checkObject(value: unknown, path: string): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const found = Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw new TypeError(`${path} should be an object, not ${found}`);
}
