import { ConfigError, type GrantStorage, type Logger, systemClock } from '@tributary/pipeline';
import { type LeasedGrantsOptions, leasedGrants } from '../leased-grants.js';
import type { LeasedTable } from '../leased-table.js';
import { processWarnings } from '../process-warnings.js';
import { reaching } from '../reach.js';
import type { RowCodec } from '../row-codec.js';
import { checkDurability } from './check-durability.js';
import type { RedisConnection } from './redis-commands.js';
import { isPassingRedisError, ownConnection } from './redis-connection.js';
import { redisTable } from './redis-table.js';

export interface RedisGrantsOptions extends Omit<LeasedGrantsOptions, 'codec'> {
  /** `redis://` or `rediss://` URL of a connection of its own, made on first use. This or `client`. */
  readonly url?: string;
  /**
   * A connected client, pool, sentinel or cluster of node-redis, without `keyPrefix`. It stays its
   * owner's: `dispose` doesn't close it. Create it with `disableOfflineQueue`, so that nothing is
   * written after its caller has given up.
   */
  readonly client?: RedisConnection;
  /** What seals the grants: `encryption(…)`. */
  readonly encryption: RowCodec;
  /** What every key begins with: letters, digits, `:`, `.`, `_` and `-`. Default `tributary:`. */
  readonly prefix?: string;
  /** Told once of a Redis that may forget grants by itself. Default: warnings of the process. */
  readonly logger?: Logger;
}

export const REDIS_DEFAULTS = { prefix: 'tributary:' } as const;

/**
 * Grants in Redis 6 or newer, for any number of processes: one holder at a time for each grant, by a
 * lease on the server's clock. Redis has to keep what it is told: `appendonly yes` and `noeviction`.
 * @throws ConfigError naming the option.
 */
export const redisGrants = (given: RedisGrantsOptions): GrantStorage => {
  const { encryption, ...options } = given ?? {};
  return leasedGrants(openRedisTable(options), { ...options, codec: encryption });
};

/** The rows and leases of `redisGrants`. */
export const openRedisTable = (options: Omit<RedisGrantsOptions, 'encryption'>): LeasedTable => {
  const { clock = systemClock, logger = processWarnings } = options;
  const prefix = readPrefix(options.prefix ?? REDIS_DEFAULTS.prefix);
  const connection = readConnection(options);
  let isClosed = false;
  let isChecked = false;

  const reach = reaching({
    clock,
    name: 'Redis',
    isPassing: isPassingRedisError,
    isClosed: () => isClosed,
    load: connection.load,
    onSilence: connection.drop,
  });

  const open = async (): Promise<RedisConnection> => {
    const opened = await connection.open();
    if (!isChecked) {
      isChecked = true;
      // A logger that fails: nobody is left to be told.
      checkDurability(opened, logger).catch(() => {});
    }
    return opened;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    connection.drop();
  };

  return redisTable({ open, close, reach, prefix });
};

const readConnection = ({ url, client }: Pick<RedisGrantsOptions, 'url' | 'client'>) => {
  if ((url === undefined) === (client === undefined)) {
    throw new ConfigError('url', 'give either url (redis://…) or client, a node-redis client');
  }
  if (client !== undefined) {
    const { options } = client as { readonly options?: { readonly keyPrefix?: unknown } };
    if (options?.keyPrefix !== undefined) {
      throw new ConfigError('client', 'has a keyPrefix, which SCAN ignores; give prefix instead');
    }
    return { load: async () => {}, open: async () => client, drop: () => {} };
  }
  const protocol = URL.canParse(url ?? '') ? new URL(url ?? '').protocol : '';
  if (protocol !== 'redis:' && protocol !== 'rediss:') {
    throw new ConfigError('url', 'must be a redis:// or rediss:// URL');
  }
  return ownConnection(url ?? '');
};

const readPrefix = (prefix: unknown): string => {
  if (typeof prefix === 'string' && /^[\w:.-]*$/.test(prefix)) return prefix;
  throw new ConfigError('prefix', 'may hold letters, digits, `:`, `.`, `_` and `-`');
};
