import { type TerminalPromptOptions, terminalPrompt } from '../../src/terminal/index.js';
import { type FakeFlowOptions, fakeFlow, requestFor } from './fake-flow.js';
import { type KnockOptions, knock } from './loopback.js';
import { deferred } from './outcome.js';

/** A prompt under way: its browser is at the authorization server. */
export const askInTerminal = async (
  port: number,
  options: Omit<TerminalPromptOptions, 'open'> = {},
  flowOptions: FakeFlowOptions = {},
) => {
  const flow = fakeFlow({ redirectUri: `http://127.0.0.1:${port}/callback`, ...flowOptions });
  const controller = new AbortController();
  let printed = '';
  const opened = deferred<URL>();
  const prompt = terminalPrompt({
    output: { write: (text) => (printed += text) },
    open: (url) => opened.resolve(new URL(url)),
    ...options,
  });
  const outcome = prompt.ask(requestFor(flow), { signal: controller.signal }).then(
    () => 'granted',
    (error: unknown) => error,
  );
  const url = await Promise.race([opened.promise, outcome]);
  if (!(url instanceof URL)) throw url;
  const state = url.searchParams.get('state') ?? '';
  return {
    flow,
    state,
    outcome,
    abort: (reason: unknown) => controller.abort(reason),
    printed: () => printed,
    knock: (request: Partial<KnockOptions>) =>
      knock({ port, path: `/callback?code=c&state=${state}`, ...request }),
  };
};
