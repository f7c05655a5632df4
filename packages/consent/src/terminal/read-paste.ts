import { createInterface } from 'node:readline';
import { ConsentError } from '@tributary/pipeline';
import { type ExpectedPaste, judgePaste } from './judge-paste.js';
import type { Output } from './this-terminal.js';

export interface PasteOptions extends ExpectedPaste {
  readonly input: NodeJS.ReadableStream;
  readonly output: Output;
}

export interface PasteReader {
  /** The first answer that fits. Rejects when the person ends the program. */
  readonly params: Promise<URLSearchParams>;
  /** Gives the keyboard back. */
  close(): void;
}

/**
 * Reads the address that the person ended up at. It holds the code, so that it is not echoed; and it is
 * longer than the line that a terminal takes by itself (1024 characters on macOS), so that the
 * terminal's own editing is off.
 */
export const readPaste = ({ input, output, ...expected }: PasteOptions): PasteReader => {
  const wasFlowing = (input as { readableFlowing?: boolean | null }).readableFlowing === true;
  const isTerminal = (input as { isTTY?: boolean }).isTTY === true;
  const lines = createInterface({ input, terminal: isTerminal, historySize: 0 });
  const close = () => {
    lines.close();
    if (wasFlowing) input.resume();
  };
  const params = new Promise<URLSearchParams>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      const judged = judgePaste(line, expected);
      if ('params' in judged) resolve(judged.params);
      else output.write(`${judged.reason}\nPaste it again:\n`);
    });
    lines.on('SIGINT', () => {
      close();
      interrupt(input);
      reject(
        new ConsentError('CONSENT_DENIED', 'Access was not granted: it was ended with Ctrl-C.'),
      );
    });
  });
  return { params, close };
};

/** With the terminal's own editing, Ctrl-C is a key like others: it has to mean what it always does. */
const interrupt = (input: NodeJS.ReadableStream): void => {
  if (input !== process.stdin) return;
  if (process.listenerCount('SIGINT') > 0) process.emit('SIGINT', 'SIGINT');
  else process.kill(process.pid, 'SIGINT');
};
