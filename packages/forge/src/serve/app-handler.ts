import { randomBytes } from 'node:crypto';
import { pageResponse } from '@tributary/consent/html';
import type { ConsentPages, FetchHandler } from '@tributary/consent/web';
import type { Invocation } from '@tributary/pipeline';
import { runInInvocation } from '@tributary/pipeline/invocation';
import type { RunningApp } from '../app/run-app.js';
import { ownEntry } from '../own-entry.js';
import { invocationCopy } from '../platform/invocation-copy.js';
import { appPage, failurePage, resultPage } from './app-page.js';
import type { ExternalConsent } from './external-consent.js';
import { describeFailure, failureStatus, problem } from './failure.js';
import { plainText } from './plain-text.js';
import type { Runs } from './runs.js';
import type { Schedule } from './schedule.js';
import { readSent, type SentCall } from './sent-call.js';
import type { ServeOptions } from './serve-options.js';
import { serveWebTrigger } from './serve-web-trigger.js';
import type { WebTriggerTable } from './web-trigger-urls.js';

export interface HandlerParts {
  readonly running: RunningApp;
  readonly pages: ConsentPages;
  readonly triggers: WebTriggerTable;
  readonly schedule: Schedule | undefined;
  readonly runs: Runs;
  readonly external: ExternalConsent;
  readonly appName: string;
  readonly user: ServeOptions['user'];
  /** Names of this server that its own user calls it by; undefined where sessions tell who it is. */
  readonly ownHosts: readonly string[] | undefined;
}

interface Action {
  /** The fields that are wrong where their ConfigError says so. */
  readonly fields: readonly string[];
  /** What is called, for the log and the page. */
  name(sent: SentCall): string;
  run(running: RunningApp, sent: SentCall): Promise<unknown>;
}

const required = (sent: SentCall, field: string): string => sent.text(field) ?? '';

const ACTIONS: Readonly<Record<string, Action>> = {
  '/resolver': {
    fields: ['module', 'payload', 'context'],
    name: (sent) => `resolver ${required(sent, 'functionKey')}`,
    run: (running, sent) =>
      running.invokeResolver({
        module: sent.text('module'),
        functionKey: required(sent, 'functionKey'),
        payload: sent.json('payload'),
        context: sent.json('context') as Record<string, unknown> | undefined,
      }),
  },
  '/scheduled': {
    fields: ['scheduledTrigger'],
    name: (sent) => `scheduledTrigger ${required(sent, 'key')}`,
    run: (running, sent) => running.invokeScheduledTrigger(required(sent, 'key')),
  },
  '/event': {
    fields: ['trigger', 'event'],
    name: (sent) => `trigger ${required(sent, 'key')}`,
    run: (running, sent) => running.deliverEvent(required(sent, 'key'), sent.json('event')),
  },
  '/function': {
    fields: ['function', 'payload'],
    name: (sent) => `function ${required(sent, 'key')}`,
    run: (running, sent) => running.invokeFunction(required(sent, 'key'), sent.json('payload')),
  },
};

/** The one person of this machine, for whom a credential of their own may answer. */
const atTerminal = (invocation: Invocation): Invocation =>
  invocationCopy(invocation, { surface: 'terminal' });

const asJson = (result: unknown): string => JSON.stringify(result, null, 2) ?? 'undefined';

/** Answers all requests to the server of an app. */
export const appHandler = (parts: HandlerParts): FetchHandler => {
  const { running, pages, triggers, schedule, runs, external, appName, user, ownHosts } = parts;
  const token = randomBytes(16).toString('base64url');

  const answer = async (action: Action, sent: SentCall): Promise<Response> => {
    const { value, took } = await runs.track(action.name(sent), async () =>
      action.run(running, sent),
    );
    if (!sent.isForm) return Response.json({ result: value ?? null });
    return pageResponse(appName, resultPage(action.name(sent), asJson(value), took));
  };

  /** What a third party has to allow is asked for here: the pages of consent are the client's own. */
  const answerOrAsk = async (action: Action, sent: SentCall): Promise<Response> => {
    try {
      return await answer(action, sent);
    } catch (error) {
      const needed = external.needed(error);
      if (needed === undefined) throw error;
      return external.ask(needed, sent.isForm);
    }
  };

  const fail = (action: Action, sent: SentCall, error: unknown): Response => {
    const status = failureStatus(error, action.fields);
    if (!sent.isForm) return problem(error, status);
    return pageResponse(appName, failurePage(action.name(sent), status, describeFailure(error)));
  };

  const act = async (action: Action, request: Request): Promise<Response> => {
    const copy = request.clone();
    const sent = await readSent(request, pages.origin, token);
    if (sent instanceof Response) return sent;
    const inBoundary = pages.boundary((_, invocation) => {
      const mine = ownHosts === undefined ? invocation : atTerminal(invocation);
      const isAsked = action === ACTIONS['/resolver'] && invocation.user !== undefined;
      return isAsked
        ? runInInvocation(mine, () => answerOrAsk(action, sent))
        : answer(action, sent);
    });
    try {
      return await inBoundary(copy);
    } catch (error) {
      return fail(action, sent, error);
    }
  };

  const home = (): Response =>
    pageResponse(
      appName,
      appPage({
        manifest: running.app.manifest,
        urls: triggers.urls,
        nextRun: (key) => schedule?.nextRun(key),
        token,
      }),
    );

  const hook = async (
    found: { readonly key: string; readonly userPath: string },
    request: Request,
  ): Promise<Response> => {
    const what = `webtrigger ${found.key} ${request.method}`;
    try {
      const { value } = await runs.track(
        what,
        () => serveWebTrigger(running, found, request),
        ({ status }) => String(status),
      );
      return value;
    } catch {
      return plainText(500, 'Internal Server Error');
    }
  };

  /** A page of another name that leads here would be read by whoever owns that name. */
  const isOwnHost = (request: Request): boolean =>
    ownHosts === undefined || ownHosts.includes(request.headers.get('host') ?? '');

  const handle: FetchHandler = async (request) => {
    const { pathname } = new URL(request.url);
    const found = triggers.find(pathname);
    if (found !== undefined) return hook(found, request);
    if (pages.owns(request)) return pages.handle(request, handle);
    if (user !== undefined && (await user(request)) === undefined) {
      return plainText(403, 'Nobody is signed in.');
    }
    if (!isOwnHost(request)) return plainText(421, `Open ${pages.origin}/ instead.`);
    if (external.owns(request)) {
      // HEAD too: whoever looks at links ahead must spend nothing.
      return request.method === 'GET' ? external.answer(request) : allow('GET');
    }
    const action = ownEntry(ACTIONS, pathname);
    if (action !== undefined) {
      return request.method === 'POST' ? act(action, request) : allow('POST');
    }
    if (pathname !== '/') return plainText(404, 'There is nothing here.');
    return request.method === 'GET' || request.method === 'HEAD' ? home() : allow('GET, HEAD');
  };
  return handle;
};

const allow = (methods: string): Response =>
  new Response(`Send ${methods}.\n`, { status: 405, headers: { allow: methods } });
