export { type RedisGrantsOptions, redisGrants } from './redis-grants.js';
