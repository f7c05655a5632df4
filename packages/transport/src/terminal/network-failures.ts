import { type NetworkFailure, UNKNOWN_FAILURE } from './network-failure.js';

const notSent = (advice: string): NetworkFailure => ({ sent: 'no', retryable: true, advice });

const untrusted: NetworkFailure = {
  sent: 'no',
  retryable: false,
  advice:
    "the server's certificate is not trusted; give Node the authority's certificate by NODE_EXTRA_CA_CERTS, or start it with --use-system-ca",
};

const expired: NetworkFailure = {
  sent: 'no',
  retryable: false,
  advice: "the server's certificate is not valid now; check it, and this machine's clock",
};

const noDescriptors = notSent(
  'this process has as many files and connections open as it may; begin fewer calls at a time, or raise `ulimit -n`',
);

const cut: NetworkFailure = {
  sent: 'unknown',
  retryable: true,
  advice: 'the connection was cut; look whether the call took effect before you repeat a write',
};

const slow: NetworkFailure = {
  sent: 'unknown',
  retryable: true,
  advice: 'the server went silent; look whether the call took effect before you repeat a write',
};

const dns = "the host name can't be resolved; check the site's URL and this machine's DNS";
const unreachable = 'there is no route to the host; check the network, VPN and firewall';
const tls =
  "the TLS handshake failed; check that the site's URL has the right port and speaks https";

/** By OpenSSL's names, which differ by version: the server would not go on with the handshake. */
const ALERT = /^ERR_SSL_.*ALERT/;

const refusedByAlert: NetworkFailure = {
  sent: 'no',
  retryable: false,
  advice:
    'the server ended the TLS handshake; if it wants a client certificate, give `cert` and `key` of an authority that it knows',
};

/** By `code` of Node and undici. */
const BY_CODE: Readonly<Record<string, NetworkFailure>> = {
  ENOTFOUND: notSent(dns),
  EAI_AGAIN: notSent(dns),
  EAI_FAIL: notSent(dns),
  ECONNREFUSED: notSent("nothing listens there; check the site's URL and port"),
  EHOSTUNREACH: notSent(unreachable),
  ENETUNREACH: notSent(unreachable),
  EADDRNOTAVAIL: notSent(unreachable),
  EMFILE: noDescriptors,
  ENFILE: noDescriptors,
  UND_ERR_CONNECT_TIMEOUT: notSent('no connection in time; check the network, VPN and firewall'),
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_UNTRUSTED: untrusted,
  CERT_HAS_EXPIRED: expired,
  CERT_NOT_YET_VALID: expired,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    sent: 'no',
    retryable: false,
    advice: "the server's certificate is for another host name; check the site's URL",
  },
  ERR_SSL_WRONG_VERSION_NUMBER: { sent: 'no', retryable: false, advice: tls },
  ERR_SSL_PACKET_LENGTH_TOO_LONG: { sent: 'no', retryable: false, advice: tls },
  EPROTO: { sent: 'unknown', retryable: false, advice: tls },
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  UND_ERR_HEADERS_OVERFLOW: {
    sent: 'yes',
    retryable: false,
    advice:
      'the headers of the answer are larger than Node takes; start it with --max-http-header-size=65536',
  },
  ETIMEDOUT: slow,
  UND_ERR_HEADERS_TIMEOUT: slow,
  UND_ERR_BODY_TIMEOUT: slow,
};

/** System calls that come before the first byte of a request. */
const BEFORE_SENDING: ReadonlySet<string> = new Set(['connect', 'getaddrinfo']);

const byCode = (code = ''): NetworkFailure => {
  if (ALERT.test(code)) return refusedByAlert;
  return (Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined) ?? UNKNOWN_FAILURE;
};

/** What is known of a failure by its code and system call. */
export const networkFailure = (
  code: string | undefined,
  syscall: string | undefined,
): NetworkFailure => {
  const known = byCode(code);
  return syscall !== undefined && BEFORE_SENDING.has(syscall) ? { ...known, sent: 'no' } : known;
};
