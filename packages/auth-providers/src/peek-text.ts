import type { Clock } from '@tributary/pipeline';

/** What tells a refusal's reason is shorter than 100 bytes. */
const MOST_BYTES = 4096;
/** A body that doesn't come is no reason to hang. */
const MOST_MS = 2000;

export interface PeekedText {
  readonly text: string;
  /** False where more came, or it couldn't be read to its end. */
  readonly isWhole: boolean;
}

const NOTHING: PeekedText = { text: '', isWhole: false };

/**
 * At most the first 4 KiB of the body, as text, read from a copy: the caller can still read it all.
 * Empty where it can't be read, or doesn't come within 2 s.
 */
export const peekText = async (response: Response, clock: Clock): Promise<PeekedText> => {
  if (response.body === null || response.bodyUsed || response.body.locked) return NOTHING;
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return NOTHING;
  // A copy's cancel() settles only when the original is done with too: it must not be awaited.
  const stop = () => void reader.cancel().catch(() => {});
  const cancelTimer = clock.setTimer(stop, MOST_MS);
  const decoder = new TextDecoder();
  let text = '';
  let left = MOST_BYTES;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { text: text + decoder.decode(), isWhole: true };
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
      if (left < 0) return { text, isWhole: false };
    }
  } catch {
    return NOTHING;
  } finally {
    cancelTimer();
    stop();
  }
};
