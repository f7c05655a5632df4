import { memoryStorage } from '@tributary/auth-providers';
import type { GrantStorage, PendingRecords } from '@tributary/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Browser } from './browser.js';
import { allow } from './grant.js';
import { movableClock } from './movable-clock.js';
import { openPlace, type Place, type WebApp } from './web-app.js';

/** An app whose clock, store and errors a test looks at and changes; a new one for each test. */
export interface Watched {
  readonly place: Place;
  readonly app: WebApp;
  readonly clock: ReturnType<typeof movableClock>;
  /** Called after each change of what is pending. */
  onPendingChange: (() => Promise<void>) | undefined;
  /** What reading of what is pending fails with. */
  failure: Error | undefined;
  /** Of the errors that the app was told of. */
  codes(): readonly string[];
  /** How often the sandbox was asked for a token. */
  exchanges(): number;
  /** How many grants are stored. */
  grants(): Promise<number>;
  /** Goes through everything up to the address with the code, and stops there. */
  upToCallback(browser: Browser, path?: string, as?: 'editor' | 'reader'): Promise<URL>;
}

/** Registers what opens and closes it. `priya` is known to the app by her account. */
export const watchPlace = (): Watched => {
  const open: { place?: Place; app?: WebApp } = {};
  const watched: Watched = {
    get place() {
      return open.place as Place;
    },
    get app() {
      return open.app as WebApp;
    },
    clock: movableClock(),
    onPendingChange: undefined,
    failure: undefined,
    codes: () => watched.app.errors.map(({ code }) => code),
    exchanges: () =>
      watched.place.sandbox.requests.filter(({ path }) => path === '/oauth/token').length,
    async grants() {
      let count = 0;
      for await (const _ of watched.app.client.storage.grants.list({})) count += 1;
      return count;
    },
    async upToCallback(browser, path = '/me', as = 'editor') {
      await browser.open(watched.app.origin + path);
      browser.stopAt = (url) => url.pathname === '/consent/callback';
      await allow(browser, watched.place.sandbox, as);
      await browser.click('Accept');
      browser.stopAt = undefined;
      if (browser.stopped === undefined) throw new Error('There was no callback.');
      return browser.stopped;
    },
  };

  beforeAll(async () => {
    open.place = await openPlace();
  });
  afterAll(() => open.place?.close());
  beforeEach(async () => {
    const { place, clock } = watched;
    place.sandbox.revokeGrants();
    [watched.onPendingChange, watched.failure] = [undefined, undefined];
    const accounts = { priya: place.sandbox.people.reader.accountId };
    open.app = await place.start({ clock, accounts, storage: watch(memoryStorage(), watched) });
  });
  afterEach(() => open.app?.close());
  return watched;
};

const watch = (storage: GrantStorage, watched: Watched): GrantStorage => {
  const { pending } = storage;
  const told: PendingRecords = {
    ...pending,
    read: (id) =>
      watched.failure === undefined ? pending.read(id) : Promise.reject(watched.failure),
    async write(...given) {
      await pending.write(...given);
      await watched.onPendingChange?.();
    },
    async delete(id) {
      await pending.delete(id);
      await watched.onPendingChange?.();
    },
  };
  return { ...storage, pending: told };
};

/** Of the question that a browser was led to last. */
export const consentIdOf = ({ visited }: Browser): string =>
  visited
    .findLast((visit) => visit.includes('/consent/ask/'))
    ?.split('/')
    .at(-1) ?? '';
