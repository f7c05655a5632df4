import type { Clock } from '@tributary/pipeline';

const LONGEST_BYTES = 8192;

/** Ms; a body that does not come is the caller's to wait for. */
const PATIENCE = 1000;

const readStart = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  while (bytes < LONGEST_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
  }
  return text;
};

/** The beginning of a body, which stays whole for the caller; what came of it where it is cut or slow. */
export const peekBody = async (response: Response, clock: Clock): Promise<string> => {
  const reader = response.clone().body?.getReader();
  if (reader === undefined) return '';
  const cancel = (): void => void reader.cancel().catch(() => {});
  const stop = clock.setTimer(cancel, PATIENCE);
  try {
    return await readStart(reader);
  } catch {
    return '';
  } finally {
    stop();
    cancel();
  }
};
