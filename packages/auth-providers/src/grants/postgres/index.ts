export * from '../store-entry.js';
export { type PostgresGrantsOptions, postgresGrants } from './postgres-grants.js';
