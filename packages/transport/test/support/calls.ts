import { type AuthenticatedCall, Secret } from '@tributary/pipeline';
import { makeAuthenticatedCall } from '@tributary/testing';

export const SECRET = 'Bearer hush-hush';

/** A call to `base`, with a credential for it; `credential: undefined` sends none. */
export const callTo = (
  base: string,
  overrides: Partial<AuthenticatedCall> = {},
): AuthenticatedCall =>
  makeAuthenticatedCall({
    base,
    credential: { authorization: new Secret(SECRET), base },
    ...overrides,
  });

/** What a promise rejects with. */
export const failure = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It should have rejected.');
};
