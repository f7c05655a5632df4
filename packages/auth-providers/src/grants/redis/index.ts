export * from '../store-entry.js';
export { type RedisGrantsOptions, redisGrants } from './redis-grants.js';
