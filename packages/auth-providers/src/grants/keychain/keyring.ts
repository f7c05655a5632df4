/** What is used of `@napi-rs/keyring`. */
export interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options?: { readonly linux?: { readonly store?: 'secret-service' } },
  ) => KeyringEntry;
}

export interface KeyringEntry {
  getPassword(): Promise<string | null | undefined>;
  setPassword(password: string): Promise<void>;
}

/** Rejects where the package is not installed, or has no build for this platform. */
const loadKeyring = (): Promise<Keyring> => import('@napi-rs/keyring');

/** @throws what the keychain says, where there is none. */
export const keyringEntry = async (
  service: string,
  account: string,
  keyring?: Keyring,
): Promise<KeyringEntry> => {
  const { AsyncEntry } = keyring ?? (await loadKeyring());
  // The kernel's keyring, which it would take instead on Linux, forgets everything at the next boot.
  return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
};
