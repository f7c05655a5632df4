export * from '../encryption/index.js';
export { type SqliteGrantsOptions, sqliteGrants } from './sqlite-grants.js';
