export { type KeychainKeyOptions, keychainKey } from './keychain-key.js';
export type { Keyring, KeyringEntry } from './keyring.js';
