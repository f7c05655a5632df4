import type { Logger } from '@tributary/pipeline';
import { wordsOf } from '../grant-store-error.js';
import { nodesOf, type RedisConnection } from './redis-commands.js';

const fieldOf = (info: string, name: string): string | undefined =>
  new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];

/**
 * Warns about a Redis that may forget grants by itself (Redis documentation, "Key eviction" and "Redis
 * persistence"). INFO, since CONFIG is forbidden at most hosted ones.
 */
export const checkDurability = async (
  connection: RedisConnection,
  logger: Logger,
): Promise<void> => {
  try {
    for (const node of await nodesOf(connection)) {
      const policy = fieldOf(String(await node.info('memory')), 'maxmemory_policy');
      const appendOnly = fieldOf(String(await node.info('persistence')), 'aof_enabled');
      if (policy !== undefined && policy !== 'noeviction') {
        logger.warn(
          'Redis may evict grants when its memory is full; set maxmemory-policy to noeviction.',
          { policy },
        );
      }
      if (appendOnly === '0') {
        logger.warn(
          'Redis forgets on a restart the grants that it wrote since its last snapshot; set appendonly to yes.',
        );
      }
      if (policy !== undefined && appendOnly !== undefined) continue;
      unknown(logger, 'INFO does not say');
    }
  } catch (error) {
    unknown(logger, wordsOf(error));
  }
};

const unknown = (logger: Logger, reason: string): void =>
  logger.info(
    'Could not find out whether this Redis evicts keys or keeps them over a restart; grants need noeviction and appendonly.',
    { reason },
  );
