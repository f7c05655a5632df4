import type { CompactVerifyResult, ProtectedHeaderParameters } from 'jose';
import { InvocationTokenError } from './invocation-token-error.js';
import { joseLibrary } from './jose-library.js';
import type { KeySet, KeySetServices } from './key-set.js';
import { type Claims, readRecord } from './read-record.js';

/** Far above what servers take as a header (Node: 16 KiB by default). */
export const LARGEST_TOKEN = 65_536;

/** The invocation token of a request. @throws InvocationTokenError */
export const bearerOf = (authorization: string | null): string => {
  if (authorization === null || authorization === '') throw new InvocationTokenError('missing');
  if (authorization.length > LARGEST_TOKEN) throw new InvocationTokenError('too-large');
  // How Headers joins two of one name; no part of a token has it.
  if (authorization.includes(',')) throw new InvocationTokenError('duplicate-header');
  const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new InvocationTokenError('malformed');
  return token;
};

/**
 * The claims of a token that Atlassian signed (RFC 7515, section 5.2). Only `alg`, `kid` and `crit` of
 * its header are looked at: a key or a URL that it brings along is nobody's.
 * @throws InvocationTokenError, InvocationKeysError
 */
export const verifyToken = async (
  token: string,
  keys: KeySet,
  services: KeySetServices,
): Promise<Claims> => {
  const { compactVerify, decodeProtectedHeader, errors } = await joseLibrary();
  let header: ProtectedHeaderParameters;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw new InvocationTokenError('malformed');
  }
  if (header.alg !== 'RS256') throw new InvocationTokenError('algorithm');
  if (header.crit !== undefined) throw new InvocationTokenError('critical-header');
  const { kid } = header;
  const key = typeof kid === 'string' ? await keys.find(kid, services) : undefined;
  if (key === undefined) throw new InvocationTokenError('unknown-key');

  let verified: CompactVerifyResult;
  try {
    verified = await compactVerify(token, key, { algorithms: ['RS256'] });
  } catch (error) {
    // jose's own errors may hold the payload, and go no further than here.
    const isWrong = error instanceof errors.JWSSignatureVerificationFailed;
    throw new InvocationTokenError(isWrong ? 'signature' : 'malformed');
  }
  return readClaims(verified.payload);
};

const readClaims = (payload: Uint8Array): Claims => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch {
    throw new InvocationTokenError('claims');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvocationTokenError('claims');
  }
  return readRecord(value);
};
