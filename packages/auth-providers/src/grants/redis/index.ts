export * from '../encryption/index.js';
export { type RedisGrantsOptions, redisGrants } from './redis-grants.js';
