/** Claims by name, own ones only: what a polluted Object.prototype says is no claim. */
export type Claims = Readonly<Record<string, unknown>>;

/** Empty for anything but an object. */
export const readRecord = (value: unknown): Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : Object.create(null);

/** A text that says something. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
