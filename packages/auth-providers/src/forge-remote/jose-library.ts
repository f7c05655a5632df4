type Library = typeof import('jose');

let loaded: Promise<Library> | undefined;

/** Loaded with the first invocation. */
export const joseLibrary = (): Promise<Library> => {
  loaded ??= import('jose');
  return loaded;
};
