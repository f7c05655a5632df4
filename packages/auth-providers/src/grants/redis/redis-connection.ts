import { ConfigError } from '@tributary/pipeline';
import type { createClient } from 'redis';
import type { RedisCommands } from './redis-commands.js';

type Client = ReturnType<typeof createClient>;

export interface OwnConnection {
  /** Loads the driver. @throws ConfigError where it is not installed. */
  load(): Promise<unknown>;
  /** The connected client; it connects again by itself. Rejects with why it isn't. */
  open(): Promise<RedisCommands>;
  /** Throws the connection away; the next `open` makes another. */
  drop(): void;
}

const LONGEST_PAUSE_MS = 500;

/** A connection of the store's own, made on first use. */
export const ownConnection = (url: string): OwnConnection => {
  let client: Client | undefined;
  let waiting: Promise<void> | undefined;

  /** One wait for all: each would add its listeners to the client. */
  const untilReady = (opened: Client): Promise<void> => {
    const wait = waiting ?? becomesReady(opened);
    const end = () => {
      if (waiting === wait) waiting = undefined;
    };
    if (waiting === undefined) wait.then(end, end);
    waiting = wait;
    return wait;
  };

  const create = async (): Promise<Client> => {
    const { createClient } = await loadRedis();
    // Another caller may have been faster.
    if (client !== undefined) return client;
    const created: Client = createClient({
      url,
      name: 'tributary-grants',
      // A command that waits for a connection would run long after its caller has given up.
      disableOfflineQueue: true,
      socket: { reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, LONGEST_PAUSE_MS) },
    });
    // Without a listener a lost connection ends the process; who waits for the client is told.
    created.on('error', () => {});
    created.connect().catch(() => {});
    client = created;
    return created;
  };

  return {
    load: loadRedis,
    async open() {
      const opened = client ?? (await create());
      if (!opened.isReady) await untilReady(opened);
      return opened;
    },
    drop() {
      const dropped = client;
      client = undefined;
      // The driver goes on with a socket that it is just opening, which would hold the process up.
      dropped?.on('connect', () => dropped.destroy());
      dropped?.destroy();
      // A client that is thrown away never becomes ready.
      waiting = undefined;
    },
  };
};

const becomesReady = (client: Client): Promise<void> =>
  new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      client.off('ready', onReady);
      client.off('error', onError);
      settle();
    };
    const onReady = () => end(resolve);
    const onError = (error: Error) => end(() => reject(error));
    client.on('ready', onReady);
    client.on('error', onError);
  });

const loadRedis = async (): Promise<typeof import('redis')> => {
  try {
    return await import('redis');
  } catch (cause) {
    throw new ConfigError('url', 'needs the package `redis` (6.3 or newer 6): npm install redis', {
      cause,
    });
  }
};

/** Answers that pass: the server is starting, failing over or moving keys. Other answers stay. */
const PASSING = /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|BUSY) ?/;
/** A server's refusal begins with its code; what the driver says of a connection does not. */
const REFUSAL = /^[A-Z]{2,} /;

export const isPassingRedisError = (error: unknown): boolean => {
  if (error instanceof ConfigError) return false;
  const message = error instanceof Error ? error.message : '';
  if (/client is closed/i.test(message)) return false;
  return PASSING.test(message) || !REFUSAL.test(message);
};
