import type { GrantStore } from '@tributary/pipeline';
import type { Awaitable, ConformanceCase } from '../conformance-case.js';
import {
  admitsOneHolder,
  passesFailuresOn,
  readsWhileHeld,
  runsKeysInParallel,
} from './exclusive-cases.js';
import { keepsKeysApart, listsByEqualParts, listsNoWildcards } from './key-cases.js';
import { decides, keepsEveryField, keepsSecrets, startsEmpty } from './value-cases.js';

export interface GrantStoreConformanceOptions {
  /** A new store that holds nothing. */
  readonly create: () => Awaitable<GrantStore>;
  /** Another handle on the same data, as another process would have. Default: the store itself. */
  readonly peer?: (store: GrantStore) => Awaitable<GrantStore>;
  /** Closes what `create` and `peer` opened. */
  readonly dispose?: (store: GrantStore) => Awaitable<void>;
}

type Check = (store: GrantStore, peer: GrantStore) => Promise<void>;

const CASES: readonly (readonly [string, Check])[] = [
  ['it starts empty', startsEmpty],
  ['every field of a grant is kept', keepsEveryField],
  ['secrets survive, and stay secrets', keepsSecrets],
  ['write, keep and delete do what they say', decides],
  ['one holder at a time decides about a key', admitsOneHolder],
  ['different keys are decided in parallel', runsKeysInParallel],
  ['a holder that fails writes nothing and lets go', passesFailuresOn],
  ['a read does not wait for the holder', readsWhileHeld],
  ['different keys never meet', keepsKeysApart],
  ['list yields the keys whose given parts are equal', listsByEqualParts],
  ['wildcards in list have no effect', listsNoWildcards],
];

/** What every grant store must keep to. */
export const grantStoreConformance = (
  options: GrantStoreConformanceOptions,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `grant store: ${name}`,
    run: async () => {
      const store = await options.create();
      const peer = (await options.peer?.(store)) ?? store;
      try {
        await check(store, peer);
      } finally {
        await options.dispose?.(peer);
        if (peer !== store) await options.dispose?.(store);
      }
    },
  }));
