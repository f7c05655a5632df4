/** How connections are made: for both terminals and for `serviceFetch`, on Node. */
export interface ConnectionOptions {
  /** PEM of authorities that are trusted beside those that Node trusts. Default none. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** PEM of the client's certificate chain; with `key`. Default none. */
  readonly cert?: string | Uint8Array;
  /** PEM of the certificate's private key. */
  readonly key?: string | Uint8Array;
  /** Of `key`, where it is encrypted. */
  readonly passphrase?: string;
  /** Whether HTTP/2 is spoken where the server offers it. Default true. */
  readonly allowH2?: boolean;
  /** Ms without a byte of the body after which it fails. Default 30,000. */
  readonly bodyTimeout?: number;
}
