export { encryption } from './encryption.js';
export type { EncryptionOptions, KeySource } from './key-source.js';
export { type EncryptionKey, generateEncryptionKey } from './key-text.js';
