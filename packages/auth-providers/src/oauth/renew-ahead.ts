import { type ProviderServices, TributaryError } from '@tributary/pipeline';

/** After a failure it is left alone for so long: the old token still serves, and callers are many. */
const PAUSE_MS = 15_000;

/**
 * Renews behind the callers' backs while the old token still serves. It sets no timer: whoever asks for
 * a credential starts it, so that an idle process does nothing and can end.
 */
export const renewAhead = ({ clock, logger }: Pick<ProviderServices, 'clock' | 'logger'>) => {
  const busy = new Set<string>();
  const pausedUntil = new Map<string, number>();

  return (id: string, issuer: string, renew: () => Promise<unknown>): void => {
    if (busy.has(id) || (pausedUntil.get(id) ?? 0) > clock.monotonic()) return;
    busy.add(id);
    pausedUntil.delete(id);
    renew()
      .catch((error: unknown) => {
        pausedUntil.set(id, clock.monotonic() + PAUSE_MS);
        const code = error instanceof TributaryError ? error.code : 'unknown';
        logger.warn('A token could not be renewed ahead of its end; the old one still serves.', {
          issuer,
          code,
        });
      })
      .finally(() => busy.delete(id))
      // A logger that fails: nobody is left to be told.
      .catch(() => {});
  };
};
