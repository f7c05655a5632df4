import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { FaultAnswer, Faults } from './faults.js';
import type { Journal, ListenerName } from './journal.js';
import type { Limiter, Refusal } from './limits/limiter.js';
import type { RequestHandler } from './listener.js';
import type { Identity, RestEnv, Tally } from './rest/env.js';

interface ProductListener {
  readonly name: ListenerName;
  readonly app: Hono<RestEnv>;
  readonly identify: (authorization: string | undefined) => Identity | Promise<Identity>;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Default: lets everything pass. */
  readonly limiter?: Limiter | undefined;
}

/** What stands behind a product's port: journal, who is it, faults, limits, then the app. */
export function productHandler(options: ProductListener): RequestHandler {
  const { name, app, identify, journal, faults, limiter } = options;

  const answer = getRequestListener(
    async (request, env) => {
      const bindings = env as HttpBindings;
      const { incoming, outgoing } = bindings;
      // On every answer, faults included: it is what support asks for.
      outgoing.setHeader('atl-traceid', randomBytes(16).toString('hex'));
      outgoing.setHeader('atl-request-id', randomUUID());
      const entry = journal.open(name, incoming, outgoing);
      const identity = await identify(incoming.headers.authorization);
      if (identity.person) entry.principal = identity.person.accountId;
      const hit = faults.take(name, entry.method, entry.path);
      const serve = async (): Promise<Response> => {
        const { method, path } = entry;
        const taken = limiter?.admit({ method, path, identity });
        if (taken?.refusal) {
          entry.refusedBy = taken.refusal.by;
          return refuse(taken.refusal);
        }
        const tally: Tally = {};
        const response = await app.fetch(request, { ...bindings, identity, tally });
        if (taken === undefined) return response;
        const outcome = { isOk: response.ok, listed: tally.listed };
        for (const [header, value] of Object.entries(taken.headers(outcome))) {
          outgoing.setHeader(header, value);
        }
        return response;
      };
      const response = hit?.answer ? faultResponse(hit.answer) : await serve();
      if (hit) await wait(hit.delayMs, undefined, { ref: false });
      return response;
    },
    // The sandbox shares its process with code that expects Node's own Request and Response.
    { overrideGlobalObjects: false, hostname: '127.0.0.1' },
  );

  return (request, response) => void answer(request, response);
}

const refuse = ({ headers, message }: Refusal): Response =>
  Response.json({ code: 429, message }, { status: 429, headers: { ...headers } });

function faultResponse({ status, headers, body }: FaultAnswer): Response {
  const isBodiless = status === 204 || status === 205 || status === 304;
  return new Response(isBodiless ? null : body, { status, headers: { ...headers } });
}
