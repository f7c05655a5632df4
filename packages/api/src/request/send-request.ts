import {
  type Call,
  ChainError,
  type Clock,
  ConfigError,
  type Handler,
  type Invocation,
  type Principal,
  type RequestOptions,
  readRequestOptions,
  type Site,
} from '@tributary/pipeline';
import { type Route, requireRoute, route } from '@tributary/route';
import type { PrincipalApi, RequestProduct } from './api.js';

const GRAPHQL = route`/graphql`;

/** Every field is its own, so that none is looked for on Object.prototype. */
type WholeCall = { [K in keyof Required<Call>]: Call[K] | undefined };

/** What every call of one client shares. */
export interface ClientContext {
  /** Where calls go whose invocation names no site of its own. */
  readonly site: Site | undefined;
  /** The same for calls as the user, whose credential may know by itself. */
  readonly userSite: Site | undefined;
  readonly send: Handler<Call>;
  readonly clock: Clock;
  /** Ms, or false for none. */
  readonly timeout: number | false;
  /** Whether the client was disposed of: what a call needs is closed then. */
  readonly isClosed: () => boolean;
}

/** Where calls go whose invocation names no site. */
const ownSite = ({ site, userSite }: ClientContext, { kind }: Principal): Site | undefined =>
  kind === 'user' ? userSite : site;

/** @throws ConfigError where neither the client nor the invocation names a site. */
export const siteOf = (
  named: { readonly site?: Site | undefined } | undefined,
  site: Site | undefined,
): Site => {
  const found = named?.site ?? site;
  if (found !== undefined) return found;
  throw new ConfigError(
    'site',
    'is missing; give createTributary one, or call inside an invocation that names one',
  );
};

/** Builds the Call that a caller meant. */
export const buildCall = (
  client: ClientContext,
  product: Call['product'],
  principal: Principal,
  invocation: Invocation | undefined,
  route: Route,
  options: RequestOptions | undefined,
): Call => {
  const { value, template } = route;
  const request = readRequestOptions(options, principal, template);
  const timeout = request.timeout ?? client.timeout;
  const call: WholeCall = {
    product,
    site: siteOf(invocation, ownSite(client, principal)),
    principal,
    invocation,
    path: value.startsWith('/') ? value : `/${value}`,
    template,
    method: request.method,
    headers: request.headers,
    body: request.body,
    redirect: request.redirect,
    signal: request.signal,
    deadline: timeout === false ? undefined : client.clock.monotonic() + timeout,
    options: request.options,
  };
  return call as Call;
};

/** A face of the client for one principal; `check` runs before each call. */
export const productApi = (
  client: ClientContext,
  principal: Principal,
  invocation: Invocation | undefined,
  check?: (template: string) => void,
): PrincipalApi => {
  const request =
    (product: Call['product']): RequestProduct =>
    (path, options) => {
      const route = requireRoute(path);
      try {
        if (client.isClosed()) {
          throw new ChainError(
            'This client was disposed of; create another one for further calls.',
          );
        }
        check?.(route.template);
        return client.send(buildCall(client, product, principal, invocation, route, options));
      } catch (error) {
        // Only a path that is no Route throws at once, as in Forge; all else rejects.
        return Promise.reject(error);
      }
    };
  const requestAtlassian = request('graph');
  return {
    requestConfluence: request('confluence'),
    requestJira: request('jira'),
    requestBitbucket: request('bitbucket'),
    requestAtlassian,
    site: invocation?.site ?? ownSite(client, principal),
    requestGraph: (query, variables, headers) =>
      requestAtlassian(GRAPHQL, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ query, variables: variables || undefined }),
      }),
  };
};
