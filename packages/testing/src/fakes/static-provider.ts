import { type AuthProvider, normaliseBase, Secret } from '@tributary/pipeline';

/** A provider with one base and one credential, or none. */
export const staticProvider = (options: {
  readonly base: string;
  /** The whole header value, scheme included. Default: no credential. */
  readonly authorization?: string;
  /** Default 'static'. */
  readonly kind?: string;
}): AuthProvider => {
  const base = normaliseBase(options.base, 'base');
  const credential =
    options.authorization === undefined
      ? undefined
      : { authorization: new Secret(options.authorization), base };
  return {
    kind: options.kind ?? 'static',
    endpoint: () => base,
    credential: () => credential,
  };
};
