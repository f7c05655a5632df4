export * from '../store-entry.js';
export { type SqliteGrantsOptions, sqliteGrants } from './sqlite-grants.js';
