import type { Arrival } from './callback-inbox.js';
import type { ExpectedPaste } from './judge-paste.js';
import { type PasteReader, readPaste } from './read-paste.js';
import type { Terminal } from './this-terminal.js';

/** Takes the answer from the keyboard, where the browser may not be able to bring it. */
export class PasteInbox {
  /** Never resolves unless it is opened; rejects when the person ends the program. */
  readonly arrival: Promise<Arrival>;
  readonly #terminal: Pick<Terminal, 'input' | 'output'>;
  #reader: PasteReader | undefined;
  #isClosed = false;
  #settle: (outcome: Promise<Arrival>) => void = () => {};

  constructor(terminal: Pick<Terminal, 'input' | 'output'>) {
    this.#terminal = terminal;
    this.arrival = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Tells the person what to paste, and reads; does nothing where there is no keyboard. */
  open(expected: ExpectedPaste): void {
    const { input, output } = this.#terminal;
    if (input === undefined || this.#isClosed || this.#reader !== undefined) return;
    const { origin, pathname } = expected.redirectUri;
    // First: whoever is quick would have their answer shown.
    const reader = readPaste({ ...expected, input, output });
    this.#reader = reader;
    output.write(
      `If the browser ends at a page that it can't open, copy that page's whole address (it begins with ${origin}${pathname}), paste it here and press Enter. It is not shown.\n`,
    );
    const answer: Arrival['answer'] = async ({ title }) => {
      output.write(`${title}.\n`);
    };
    this.#settle(reader.params.then((params) => ({ params, answer })));
  }

  close(): void {
    this.#isClosed = true;
    this.#reader?.close();
  }
}
