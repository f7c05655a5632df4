import {
  type Grant,
  type GrantKey,
  type ProviderServices,
  type Secret,
  TributaryError,
} from '@tributary/pipeline';
import { grantKeyId } from '../grants/grant-key.js';
import { isSameSecret } from '../same-text.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** For so long Atlassian still answers to the spent token, which is the one that the store has. */
const PATIENCE_MS = 600_000;
/** How long a last try may hold up whoever disposes. */
const LAST_TRY_MS = 5_000;

/** A grant that the server gave for `spent`, and that the store has not taken yet. */
interface Unsaved {
  readonly key: GrantKey;
  readonly spent: Secret | undefined;
  readonly grant: Grant;
  /** Of the first failure. */
  since?: number;
  cancel?: () => void;
}

/** What was renewed, until the store has it: a rotated token that is dropped ends the grant. */
export interface UnsavedGrants {
  /** What to go on from: the stored grant, or the one that was given for it and could not be written. */
  latest(key: GrantKey, stored: Grant): Grant;
  /** Called before `grant`, which was given for `spent`, is written. */
  hold(key: GrantKey, spent: Secret | undefined, grant: Grant): void;
  /** The store took it, or has a newer one. */
  release(key: GrantKey): void;
  /** The store failed: from now on it is asked again, in the background, for a while. */
  retry(key: GrantKey, cause: unknown): void;
  /** Asks the store once more, and tells the log what is lost. Nothing is tried again from then on. */
  dispose(): Promise<void>;
}

export const unsavedGrants = ({
  clock,
  grants,
  logger,
}: Pick<ProviderServices, 'clock' | 'grants' | 'logger'>): UnsavedGrants => {
  const held = new Map<string, Unsaved>();
  let isDisposed = false;

  const isHeld = (unsaved: Unsaved): boolean => held.get(grantKeyId(unsaved.key)) === unsaved;

  const release = (id: string): void => {
    held.get(id)?.cancel?.();
    held.delete(id);
  };

  /** A logger that fails: nobody is left to be told. */
  const tell = (level: 'warn' | 'error', message: string, { key }: Unsaved, cause: unknown) => {
    const { issuer, clientId, accountId } = key;
    const code = cause instanceof TributaryError ? cause.code : 'unknown';
    try {
      logger[level](message, { issuer, clientId, accountId, code });
    } catch {}
  };

  const lose = (unsaved: Unsaved, cause: unknown): void => {
    if (!isHeld(unsaved)) return;
    release(grantKeyId(unsaved.key));
    tell(
      'error',
      'A renewed grant could not be stored in time, and may be lost: then its user has to grant again.',
      unsaved,
      cause,
    );
  };

  const save = async (unsaved: Unsaved): Promise<void> => {
    const { key, spent, grant } = unsaved;
    await grants.exclusive(key, async (stored) =>
      isHeld(unsaved) && stored !== undefined && isSameSecret(spent, stored.refreshToken)
        ? { write: grant }
        : 'keep',
    );
    if (isHeld(unsaved)) release(grantKeyId(key));
  };

  const plan = (unsaved: Unsaved, pause: number, cause: unknown): void => {
    if (!isHeld(unsaved)) return;
    if (isDisposed) {
      lose(unsaved, cause);
      return;
    }
    unsaved.since ??= clock.monotonic();
    if (clock.monotonic() - unsaved.since + pause > PATIENCE_MS) {
      tell(
        'warn',
        'A renewed grant could not be stored; this process keeps it until somebody calls.',
        unsaved,
        cause,
      );
      return;
    }
    const again = () => {
      const next = Math.min(2 * pause, LONGEST_PAUSE_MS);
      save(unsaved).catch((error: unknown) => plan(unsaved, next, error));
    };
    // Waiting holds up no process: whoever wants a last try disposes.
    unsaved.cancel = clock.setTimer(again, pause, { isIdle: true });
  };

  const saveLast = (unsaved: Unsaved): Promise<void> =>
    new Promise((resolve) => {
      unsaved.cancel?.();
      const end = (cause: unknown): void => {
        cancel();
        lose(unsaved, cause);
        resolve();
      };
      const cancel = clock.setTimer(() => end(undefined), LAST_TRY_MS);
      save(unsaved).then(() => end(undefined), end);
    });

  return {
    latest(key, stored) {
      const id = grantKeyId(key);
      const unsaved = held.get(id);
      if (unsaved === undefined) return stored;
      if (isSameSecret(unsaved.spent, stored.refreshToken)) return unsaved.grant;
      release(id);
      return stored;
    },
    hold(key, spent, grant) {
      const id = grantKeyId(key);
      release(id);
      held.set(id, { key: { ...key }, spent, grant });
    },
    release: (key) => release(grantKeyId(key)),
    retry(key, cause) {
      const unsaved = held.get(grantKeyId(key));
      // Else it is planned already.
      if (unsaved !== undefined && unsaved.since === undefined)
        plan(unsaved, FIRST_PAUSE_MS, cause);
    },
    async dispose() {
      isDisposed = true;
      await Promise.all([...held.values()].map(saveLast));
    },
  };
};
