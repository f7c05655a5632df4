import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, der, integer, octets, oid, sequence, set, time, utf8, yes } from './der.js';

/** A certificate and its key, both PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Names and IPv4 addresses that the certificate is for. Default localhost and 127.0.0.1. */
  readonly hosts?: readonly string[];
  /** Default in an hour. */
  readonly until?: Date;
}

/** An authority that nobody trusts but who is told to. */
export interface TestAuthority {
  /** PEM, for the `ca` of a client. */
  readonly ca: string;
  /** For a server, or for a client. */
  issue(options?: IssueOptions): Identity;
}

const HOUR = 3_600_000;

/** ecdsa-with-SHA256 (RFC 5758). */
const ALGORITHM = sequence(oid('1.2.840.10045.4.3.2'));

const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid('2.5.4.3'), utf8(commonName))));

const extension = (id: string, value: Uint8Array, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes()] : []), octets(value));

/** subjectAltName (RFC 5280, section 4.2.1.6). */
const alternatives = (hosts: readonly string[]): Buffer =>
  extension(
    '2.5.29.17',
    sequence(
      ...hosts.map((host) =>
        isIP(host) === 4
          ? der(0x87, Uint8Array.from(host.split('.').map(Number)))
          : der(0x82, Buffer.from(host)),
      ),
    ),
  );

const CA_ONLY = extension('2.5.29.19', sequence(yes()), true);

const pem = (bytes: Uint8Array): string => {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
};

interface Certificate {
  readonly issuer: string;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly until: Date;
  readonly extensions: readonly Uint8Array[];
}

/** X.509, version 3 (RFC 5280, section 4.1). */
const certificate = (of: Certificate): string => {
  const valid = sequence(time(new Date(Date.now() - 48 * HOUR)), time(of.until));
  const signed = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(randomBytes(8).fill(1, 0, 1)),
    ALGORITHM,
    nameOf(of.issuer),
    valid,
    nameOf(of.subject),
    of.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...of.extensions)),
  );
  return pem(sequence(signed, ALGORITHM, bits(sign('sha256', signed, of.signer))));
};

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Certificates made when they are needed: none that lies around can expire, and no tool has to be there. */
export const testAuthority = (): TestAuthority => {
  const own = newKey();
  const issuer = `Tributary test authority ${randomBytes(4).toString('hex')}`;
  const inAnHour = () => new Date(Date.now() + HOUR);
  return {
    ca: certificate({
      issuer,
      subject: issuer,
      publicKey: own.publicKey,
      signer: own.privateKey,
      until: inAnHour(),
      extensions: [CA_ONLY],
    }),
    issue({ hosts = ['localhost', '127.0.0.1'], until = inAnHour() } = {}) {
      const { publicKey, privateKey } = newKey();
      const cert = certificate({
        issuer,
        subject: hosts[0] ?? 'nobody',
        publicKey,
        signer: own.privateKey,
        until,
        extensions: [alternatives(hosts)],
      });
      return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
    },
  };
};
