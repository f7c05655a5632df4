import {
  type Call,
  type Grant,
  type PendingAuthorization,
  type ProviderServices,
  revealSecret,
  Secret,
  type ServiceFetchInit,
} from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { makeResolvedCall } from '@tributary/testing';
import { cloud, type OAuthOptions, oauth } from '../src/index.js';
import { CLOUD_ID, makeServices } from './services.js';

export const SITE = cloud('https://example.atlassian.net', { cloudId: CLOUD_ID });
export const BASE = `https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`;
export const ISSUER = 'https://auth.atlassian.com';

export type TokenHandler = (
  form: URLSearchParams,
  signal?: AbortSignal,
) => Response | Promise<Response>;

/** Atlassian's OAuth endpoints, without a network: rotating tokens for as many accounts as there are codes. */
export const fakeAtlassian = (overrides: { readonly token?: TokenHandler } = {}) => {
  const forms: URLSearchParams[] = [];
  const tokens = new Map<string, string>();
  let issued = 0;
  let token = overrides.token;
  const asked: string[] = [];
  let publish: (url: string) => Response = () => new Response(null, { status: 404 });
  const metadata = (url: string): Response => {
    asked.push(url);
    return publish(url);
  };
  let sites: unknown = [{ id: CLOUD_ID, url: 'https://example.atlassian.net', name: 'Example' }];

  const issue = (account: string, extra: Record<string, unknown> = {}) => {
    issued += 1;
    tokens.set(`canary-access-${issued}`, account);
    tokens.set(`canary-refresh-${issued}`, account);
    return Response.json({
      access_token: `canary-access-${issued}`,
      refresh_token: `canary-refresh-${issued}`,
      expires_in: 3600,
      token_type: 'Bearer',
      scope: 'read:me offline_access',
      ...extra,
    });
  };

  const standard: TokenHandler = (form) => {
    const given = form.get('code')?.replace('code-of-', '');
    const account = given ?? tokens.get(form.get('refresh_token') ?? '');
    tokens.delete(form.get('refresh_token') ?? '');
    return account === undefined
      ? Response.json(
          { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' },
          { status: 403 },
        )
      : issue(account);
  };

  const fetch = async (url: string, init: ServiceFetchInit = {}): Promise<Response> => {
    if (url === `${ISSUER}/oauth/token`) {
      const form = new URLSearchParams(String(init.body));
      forms.push(form);
      return (token ?? standard)(form, init.signal);
    }
    const authorization = new Headers(init.headers).get('authorization') ?? '';
    const account = tokens.get(authorization.replace('Bearer ', ''));
    if (url.endsWith('/oauth/token/accessible-resources')) return Response.json(sites);
    if (url === 'https://api.atlassian.com/me') return Response.json({ account_id: account });
    if (url.endsWith('/wiki/rest/api/user/current')) return Response.json({ accountId: account });
    if (url.startsWith(`${ISSUER}/.well-known/`)) return metadata(url);
    throw new Error(`Nobody answers at ${url}.`);
  };

  return {
    fetch,
    forms,
    issue,
    standard,
    answerTokensWith: (handler: TokenHandler | undefined) => {
      token = handler;
    },
    /** Where its metadata was asked for. */
    metadataAsked: asked,
    publishMetadata: (answer: (url: string) => Response) => {
      publish = answer;
    },
    listSites: (list: unknown) => {
      sites = list;
    },
  };
};

export const options = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  redirectUri: 'https://app.example/callback',
  scopes: ['read:page:confluence', 'read:me'],
} as const;

export const callbackFor = (pending: PendingAuthorization, account: string) =>
  new URLSearchParams({ code: `code-of-${account}`, state: pending.state });

/** A provider at the fake, with what its tests need at hand. */
export const openOAuth = (
  atlassian = fakeAtlassian(),
  overrides: Partial<OAuthOptions> = {},
  shared: Partial<ProviderServices> = {},
) => {
  const services = makeServices({ fetch: atlassian.fetch });
  const provider = oauth({ ...options, ...overrides })({ ...services, ...shared });
  const callOf = (id: string, overrides: Partial<Call> & { accountId?: string } = {}) => {
    const { accountId, ...rest } = overrides;
    const user = { id, ...(accountId !== undefined && { accountId }) };
    const invocation = createInvocation({ surface: 'web', user });
    const call = { site: SITE, principal: { kind: 'user' } as const, invocation, ...rest };
    return makeResolvedCall({ ...call, provider, base: BASE });
  };
  const flowOf = (call: ReturnType<typeof callOf>) => {
    const flow = provider.authorization?.(call);
    if (flow === undefined) throw new Error('nobody can be asked');
    return flow;
  };
  return {
    atlassian,
    provider,
    callOf,
    flowOf,
    clock: services.clock,
    grants: services.grants,
    links: services.links,
    logger: services.logger,
    async consent(id: string, account: string, overrides: Parameters<typeof callOf>[1] = {}) {
      const flow = flowOf(callOf(id, overrides));
      const pending = await flow.start();
      return flow.complete(pending, callbackFor(pending, account));
    },
  };
};

/** The same, with a flow that has begun for u1. */
export const startedFlow = async () => {
  const opened = openOAuth();
  const flow = opened.flowOf(opened.callOf('u1'));
  const pending = await flow.start();
  return { ...opened, flow, pending };
};

export const keyOf = (accountId: string) => ({ issuer: ISSUER, clientId: 'client', accountId });

const unauthorized = () => new Response(null, { status: 401 });
export const refreshesOf = ({ forms }: ReturnType<typeof fakeAtlassian>) =>
  forms.filter((form) => form.get('grant_type') === 'refresh_token').length;

/** The same, once ada has granted. */
export const grantedOAuth = async (...parameters: Parameters<typeof openOAuth>) => {
  const opened = openOAuth(...parameters);
  await opened.consent('u1', 'ada');
  const token = async () => {
    const credential = await opened.provider.credential(opened.callOf('u1'));
    return credential && revealSecret(credential.authorization);
  };
  const renew = async (rejected: string, response = unauthorized()) => {
    const authorization = new Secret(rejected);
    const answer = await opened.provider.renew?.(
      opened.callOf('u1'),
      { authorization, base: 'https://x.example/' },
      response,
    );
    return typeof answer === 'object' ? revealSecret(answer.authorization) : answer;
  };
  const change = (changes: Partial<Grant>) =>
    opened.grants.exclusive(keyOf('ada'), async (grant) =>
      grant === undefined ? 'keep' : { write: { ...grant, ...changes } },
    );
  return { ...opened, token, renew, change };
};
