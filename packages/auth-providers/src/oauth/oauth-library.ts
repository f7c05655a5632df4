type Library = typeof import('oauth4webapi');

let loaded: Promise<Library> | undefined;

/** Loaded on first use: whoever has a static credential never pays for it. */
export const oauthLibrary = (): Promise<Library> => {
  loaded ??= import('oauth4webapi');
  return loaded;
};
