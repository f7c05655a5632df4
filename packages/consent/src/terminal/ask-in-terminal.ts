import type { ConsentRequest } from '@tributary/pipeline';
import { orAborted } from '../time-limit.js';
import { announce } from './announce.js';
import { CallbackInbox } from './callback-inbox.js';
import { listenOnLoopback } from './loopback-listener.js';
import { PasteInbox } from './paste-inbox.js';
import { settle } from './settle.js';
import { takeTurns } from './take-turns.js';
import type { TerminalPromptOptions } from './terminal-prompt.js';
import { readTerminal, type Terminal } from './this-terminal.js';

/**
 * One question at a terminal, when those before it are answered.
 * @throws ConsentError CONSENT_UNAVAILABLE where nobody would notice the question
 */
export const askInTerminal = async (
  request: ConsentRequest,
  options: TerminalPromptOptions,
  signal: AbortSignal,
): Promise<void> => {
  const terminal = readTerminal(options);
  const { redirectUri, allowsAnyLoopbackPort } = request.flow;
  const ask = () => askOnLoopback(request, terminal, signal);
  const { input } = terminal;
  const askAlone = input === undefined ? ask : () => takeTurns(input, signal, ask);
  await (allowsAnyLoopbackPort ? askAlone() : takeTurns(portOf(redirectUri), signal, askAlone));
};

const portOf = (uri: string): string => (URL.canParse(uri) ? new URL(uri).port : uri);

/**
 * One round of asking. The listener is there before the browser opens; it and the keyboard are given
 * back when this settles, however it settles.
 */
const askOnLoopback = async (
  request: ConsentRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> => {
  const { flow } = request;
  signal.throwIfAborted();
  const inbox = new CallbackInbox();
  const pasted = new PasteInbox(terminal);
  let isWaiting = true;
  const listener = await listenOnLoopback(flow, inbox.receive);
  try {
    const { redirectUri } = listener;
    const started = flow.start(
      flow.allowsAnyLoopbackPort ? { redirectUri: redirectUri.href } : undefined,
    );
    const pending = await orAborted(started, signal);
    const expected = { redirectUri, state: pending.state };
    const ways = [
      inbox.expect(expected),
      pasted.arrival,
      announce({
        request,
        pending,
        redirectUri,
        terminal,
        isWaiting: () => isWaiting,
        onPrinted: () => pasted.open({ ...expected, authorizationUrl: new URL(pending.url) }),
      }),
    ];
    const arrival = await orAborted(Promise.race(ways), signal);
    isWaiting = false;
    inbox.close();
    pasted.close();
    await settle(flow, pending, arrival, signal);
  } finally {
    isWaiting = false;
    pasted.close();
    await listener.close();
  }
};
