export { type PostgresGrantsOptions, postgresGrants } from './postgres-grants.js';
