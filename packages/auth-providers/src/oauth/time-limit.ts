import type { Clock } from '@tributary/pipeline';

/** A signal that fires after `ms`, or with another signal; `end` takes timer and listener away. */
export const timeLimit = (clock: Clock, ms: number, other?: AbortSignal) => {
  const controller = new AbortController();
  const onOther = () => controller.abort(other?.reason);
  const cancel = clock.setTimer(
    () => controller.abort(new DOMException('The token endpoint took too long.', 'TimeoutError')),
    ms,
  );
  if (other?.aborted) onOther();
  else other?.addEventListener('abort', onOther, { once: true });
  return {
    signal: controller.signal,
    end() {
      cancel();
      other?.removeEventListener('abort', onOther);
    },
  };
};
