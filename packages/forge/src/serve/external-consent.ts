import { html, pageResponse } from '@tributary/consent/html';
import {
  type AuthorizationFlow,
  ConfigError,
  ConsentError,
  type ConsentRequest,
  type InvokingUser,
  NeedsAuthenticationError,
  type PendingAuthorization,
  systemClock,
} from '@tributary/pipeline';
import { describeFailure } from './failure.js';

export interface ExternalConsentParts {
  readonly origin: string;
  readonly appName: string;
  /** Third parties by their names, as the option `externalAuth` has them. */
  readonly names: readonly string[];
  readonly user: (request: Request) => InvokingUser | undefined | Promise<InvokingUser | undefined>;
}

/** Asks for what third parties have to allow; the client's own consent has pages of its own. */
export interface ExternalConsent {
  /** Whether a request is the way back from one. */
  owns(request: Request): boolean;
  /** What of an error has to be allowed by a third party; undefined for every other error. */
  needed(error: unknown): NeededExternally | undefined;
  /** The answer that leads there. @throws ConfigError where it would not lead back here */
  ask(needed: NeededExternally, asPage: boolean): Promise<Response>;
  /** Who came back. */
  answer(request: Request): Promise<Response>;
}

export interface NeededExternally {
  readonly name: string;
  readonly request: ConsentRequest;
}

interface Awaited {
  readonly name: string;
  readonly flow: AuthorizationFlow;
  readonly pending: PendingAuthorization;
  readonly until: number;
}

const CALLBACK = '/external/callback';
/** Ms in which people come back. */
const PATIENCE = 10 * 60_000;
/** More than one server's people ask for at a time. */
const MOST = 1000;

const back = html`<p><a href="/">Back to the app</a></p>`;

export const externalConsent = ({
  origin,
  appName,
  names,
  user,
}: ExternalConsentParts): ExternalConsent => {
  /** By their state, which nobody else knows. */
  const awaited = new Map<string, Awaited>();
  const redirectUri = `${origin}${CALLBACK}`;

  const expect = (state: string, one: Awaited): void => {
    const now = systemClock.monotonic();
    for (const [known, { until }] of awaited) {
      // In the order in which they were begun.
      if (until > now && awaited.size < MOST) break;
      awaited.delete(known);
    }
    awaited.set(state, one);
  };

  /** Once. */
  const take = async (request: Request): Promise<Awaited | undefined> => {
    const state = new URL(request.url).searchParams.get('state') ?? '';
    const found = awaited.get(state);
    if (found === undefined || found.until <= systemClock.monotonic()) return undefined;
    if ((await user(request))?.id !== found.pending.userId) return undefined;
    // Another request may have taken it meanwhile.
    return awaited.delete(state) ? found : undefined;
  };

  const page = (status: number, title: string, words: string): Response =>
    pageResponse(appName, { status, title, body: html`<p>${words}</p>${back}` });

  return {
    owns: (request) => new URL(request.url).pathname === CALLBACK,

    needed(error) {
      if (!(error instanceof NeedsAuthenticationError) || error.request === undefined) {
        return undefined;
      }
      const name = error.serviceKey;
      return names.includes(name) ? { name, request: error.request } : undefined;
    },

    async ask({ name, request: { flow, site, scopes } }, asPage) {
      if (flow.redirectUri !== redirectUri) {
        throw new ConfigError(
          `externalAuth.${name}`,
          `sends people back to ${flow.redirectUri}; register ${redirectUri} for it`,
        );
      }
      const pending = await flow.start();
      expect(pending.state, { name, flow, pending, until: systemClock.monotonic() + PATIENCE });
      if (!asPage) {
        const problem = {
          title: 'Consent needed',
          status: 401,
          detail: `The signed-in person has not allowed ${appName} to act for them with ${name}. Open consentUrl in their browser, then send the request again.`,
          consentUrl: pending.url,
          scopes,
        };
        return Response.json(problem, {
          status: 401,
          headers: {
            'content-type': 'application/problem+json',
            'cache-control': 'no-store',
            'www-authenticate': `Consent realm="${site.url.replace(/["\\]/g, '\\$&')}"`,
          },
        });
      }
      return pageResponse(appName, {
        status: 401,
        title: `${name} has to be allowed first`,
        body: html`<p>${appName} asks to act for you at ${site.url} (${scopes.join(' ')}).</p>
<p><a href="${pending.url}">Allow access</a></p>
${back}`,
      });
    },

    async answer(request) {
      const found = await take(request);
      if (found === undefined) {
        return page(
          400,
          'This is not waited for',
          'It was answered already, waited for too long, or begun by somebody else.',
        );
      }
      const { name, flow, pending } = found;
      try {
        await flow.complete(pending, new URL(request.url).searchParams);
      } catch (error) {
        const isDenied = error instanceof ConsentError && error.code === 'CONSENT_DENIED';
        return isDenied
          ? page(403, `${name} is not allowed`, 'You said no. What needs it does not work now.')
          : page(500, `${name} is not allowed`, describeFailure(error));
      }
      return page(200, `${name} is allowed`, 'Go back, and do again what needed it.');
    },
  };
};
