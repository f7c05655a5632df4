import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AuthorizationFlow, ConsentError } from '@tributary/pipeline';
import { readRedirectUri } from './redirect-uri.js';

export interface LoopbackListener {
  /** Where the answer arrives: the registered URI, with another port only where the server allows it. */
  readonly redirectUri: URL;
  close(): Promise<void>;
}

/** All that excuses a family; a busy port doesn't, since its holder would receive the code. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT']);

/** A free port of one family may be taken in the other. */
const FREE_PORT_TRIES = 5;

/**
 * Listens on the addresses that the flow's redirect URI stands for, and on no others (RFC 8252,
 * section 8.3).
 * @throws ConfigError for a redirect URI that can't be listened on; ConsentError when its port is busy.
 */
export const listenOnLoopback = async (
  flow: Pick<AuthorizationFlow, 'redirectUri' | 'allowsAnyLoopbackPort'>,
  onRequest: RequestListener,
): Promise<LoopbackListener> => {
  const redirectUri = readRedirectUri(flow.redirectUri);
  const addresses = addressesOf(redirectUri.hostname);
  const servers = flow.allowsAnyLoopbackPort
    ? await listenOnFreePort(addresses, onRequest)
    : await listenOnAll(addresses, Number(redirectUri.port || 80), onRequest);
  redirectUri.port = String(portOf(servers));
  return { redirectUri, close: () => closeAll(servers) };
};

interface LoopbackAddress {
  readonly host: string;
  /** Whether the machine may lack this family. */
  readonly isOptional: boolean;
}

/** `localhost` is both families (RFC 6761, section 6.3); a literal is itself. */
const addressesOf = (hostname: string): readonly LoopbackAddress[] => {
  if (hostname === '[::1]') return [{ host: '::1', isOptional: false }];
  if (!hostname.endsWith('localhost')) return [{ host: hostname, isOptional: false }];
  return [
    { host: '127.0.0.1', isOptional: false },
    { host: '::1', isOptional: true },
  ];
};

const portOf = (servers: readonly Server[]): number =>
  (servers[0]?.address() as AddressInfo | undefined)?.port ?? 0;

const listenOnFreePort = async (
  addresses: readonly LoopbackAddress[],
  onRequest: RequestListener,
): Promise<readonly Server[]> => {
  const [first, ...others] = addresses;
  for (let tries = 1; ; tries += 1) {
    const servers = await listenOnAll(first ? [first] : [], 0, onRequest);
    try {
      return [...servers, ...(await listenOnAll(others, portOf(servers), onRequest))];
    } catch (error) {
      await closeAll(servers);
      if (tries === FREE_PORT_TRIES) throw error;
    }
  }
};

const listenOnAll = async (
  addresses: readonly LoopbackAddress[],
  port: number,
  onRequest: RequestListener,
): Promise<readonly Server[]> => {
  const servers: Server[] = [];
  for (const { host, isOptional } of addresses) {
    const server = createServer(onRequest);
    try {
      await listen(server, host, port);
      servers.push(server);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (isOptional && NO_SUCH_FAMILY.has(code)) continue;
      await closeAll(servers);
      throw cantListen(host, port, code, error);
    }
  }
  return servers;
};

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    // Exclusive, or a cluster's workers would share the port and the answer reach any of them.
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });

const cantListen = (host: string, port: number, code: string, cause: unknown): ConsentError =>
  new ConsentError(
    'CONSENT_UNAVAILABLE',
    code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is busy, and the answer can only arrive there. End the program that uses it, or register a redirect URI with another port.`
      : `Port ${port} on ${host} can't be listened on (${code}). Register a redirect URI with another port.`,
    { retryable: code === 'EADDRINUSE', cause },
  );

/** Browsers keep spare connections open, which would keep the process alive. */
const closeAll = async (servers: readonly Server[]): Promise<void> => {
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    ),
  );
};
