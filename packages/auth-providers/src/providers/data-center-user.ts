import { type ProviderServices, revealSecret, type Secret } from '@tributary/pipeline';
import { readJsonObject } from '../service-json.js';

/**
 * The account that `authorization` belongs to at a Data Center site: its `userKey`. Users have no
 * accountId there, and a `username` may be changed.
 */
export const dataCenterUser = async (
  { fetch }: Pick<ProviderServices, 'fetch'>,
  base: string,
  authorization: Secret,
  signal?: AbortSignal,
): Promise<string | undefined> => {
  const response = await fetch(`${base}rest/api/user/current`, {
    headers: { accept: 'application/json', authorization: revealSecret(authorization) },
    ...(signal && { signal }),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    return undefined;
  }
  const { userKey } = await readJsonObject(response);
  return typeof userKey === 'string' && userKey !== '' ? userKey : undefined;
};
