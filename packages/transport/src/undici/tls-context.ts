import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { ConfigError } from '@tributary/pipeline';
import type { ConnectionOptions } from './network-options.js';

type Pem = string | Buffer;

const pem = (value: string | Uint8Array): Pem =>
  typeof value === 'string' ? value : Buffer.from(value);

const check = (field: string, read: () => unknown): void => {
  try {
    read();
  } catch {
    // Not as the cause: OpenSSL's words may quote what it was given.
    throw new ConfigError(
      field,
      'can not be read; give PEM, and the key that fits the certificate',
    );
  }
};

/**
 * One for all connections, since reading the authorities' certificates takes longer than a handshake.
 * `ca` is added to Node's own list, where Node would have it replace them.
 * @throws ConfigError naming `ca`, `cert` or `key`
 */
export const tlsContext = ({
  ca,
  cert,
  key,
  passphrase,
}: ConnectionOptions): SecureContext | undefined => {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ConfigError(
      cert === undefined ? 'cert' : 'key',
      'is missing: `cert` and `key` go together',
    );
  }
  const authorities = ca === undefined ? undefined : [ca].flat().map((each) => pem(each as string));
  // OpenSSL passes over an authority that it can't read.
  for (const authority of authorities ?? []) check('ca', () => new X509Certificate(authority));
  const own =
    cert === undefined || key === undefined
      ? {}
      : { cert: pem(cert), key: pem(key), ...(passphrase !== undefined && { passphrase }) };
  check('key', () => createSecureContext(own));
  return createSecureContext({
    ...own,
    ...(authorities && { ca: [...getCACertificates('default'), ...authorities] }),
  });
};
