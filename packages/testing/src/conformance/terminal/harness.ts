import {
  type AuthenticatedCall,
  type Clock,
  type Logger,
  Secret,
  systemClock,
  type Terminal,
} from '@tributary/pipeline';
import { makeAuthenticatedCall } from '../../calls/make-call.js';
import { type CollectedLogs, collectLogs } from '../../fakes/collect-logs.js';
import { CANARY } from '../canaries.js';
import type { Awaitable } from '../conformance-case.js';
import { startServer, type TestServer } from './server.js';

export interface TerminalServices {
  /** The system's clock: deadlines and sockets run in real time. */
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface TerminalConformanceOptions {
  /** A new terminal; disposed after each case. */
  readonly create: (services: TerminalServices) => Awaitable<Terminal>;
}

/** A terminal, the server that it talks to, and another server that it may be redirected to. */
export interface TerminalBench extends AsyncDisposable {
  readonly terminal: Terminal;
  readonly server: TestServer;
  readonly other: TestServer;
  readonly logs: CollectedLogs;
  /** `…/ex/confluence/1/`: a base with a path prefix, as the gateway has. */
  readonly base: string;
  /** A call to the base, with a credential for it. */
  call(overrides?: Partial<AuthenticatedCall>): AuthenticatedCall;
}

export const PREFIX = 'ex/confluence/1/';

export const openBench = async (options: TerminalConformanceOptions): Promise<TerminalBench> => {
  const logs = collectLogs();
  const terminal = await options.create({ clock: systemClock, logger: logs });
  const [server, other] = await Promise.all([startServer(), startServer()]);
  const base = server.origin + PREFIX;
  return {
    terminal,
    server,
    other,
    logs,
    base,
    call: (overrides) =>
      makeAuthenticatedCall({
        base,
        credential: { authorization: new Secret(CANARY.authorization), base },
        ...overrides,
      }),
    [Symbol.asyncDispose]: async () => {
      await terminal.dispose?.();
      await Promise.all([server[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    },
  };
};
