export * from '../encryption/index.js';
export { type PostgresGrantsOptions, postgresGrants } from './postgres-grants.js';
