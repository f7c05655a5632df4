import type {
  AuthorizationAsked,
  AuthorizationFlow,
  AuthProvider,
  Site,
} from '@tributary/pipeline';
import type { Asked } from './authorization-round.js';
import type { OAuthApp } from './client-config.js';
import type { Granting } from './granting.js';
import { invokingUser } from './invoking-user.js';

export interface UserGrantsOptions {
  readonly kind: string;
  readonly app: OAuthApp;
  readonly endpoint: AuthProvider['endpoint'];
  readonly checkSite: (site: Site) => void;
  /** What to ask for: the given scopes, checked, or the configured ones. */
  readonly scopes: (asked: readonly string[] | undefined) => readonly string[];
  /** Loads all that works with grants; called until it succeeds once. */
  readonly load: () => Promise<() => Granting>;
}

/** Each user's own grant, whoever gives it. Nothing of the work is loaded before the first call. */
export const userGrants = (options: UserGrantsOptions): AuthProvider => {
  const { kind, app, endpoint, checkSite, scopes, load } = options;
  let granting: Granting | undefined;
  const open = async (): Promise<Granting> => {
    const create = await load();
    granting ??= create();
    return granting;
  };

  return {
    kind,
    appKey: app.clientId,
    endpoint,
    checkSite,
    account: async (call) => (granting ?? (await open())).account(call),
    credential: async (call) => (granting ?? (await open())).credential(call),
    renew: async (call, rejected, response) =>
      (granting ?? (await open())).renew(call, rejected, response),
    authorization(call, options) {
      checkSite(call.site);
      const who = { ...asked(kind, call), scopes: scopes(options?.scopes) };
      return authorizationFlow(app, open, who);
    },
    dispose: async () => granting?.dispose(),
    revoke: async (call) => (granting ?? (await open())).revoke(asked(kind, call)),
  };
};

const asked = (kind: string, call: AuthorizationAsked) => {
  const { id: userId, accountId: vouched } = invokingUser(kind, call);
  const wanted = call.principal.kind === 'user' ? call.principal.accountId : undefined;
  const accountId = vouched ?? wanted;
  return { site: call.site, userId, ...(accountId !== undefined && { accountId }) };
};

/** What a prompt has to know of a flow, known at once; its two steps are loaded with their first use. */
const authorizationFlow = (
  { redirectUri }: OAuthApp,
  open: () => Promise<Granting>,
  who: Asked,
): AuthorizationFlow =>
  Object.freeze<AuthorizationFlow>({
    redirectUri,
    // Atlassian compares the registered callback URL as a whole.
    allowsAnyLoopbackPort: false,
    scopes: who.scopes,
    start: async (options) => (await open()).round(who).start(options),
    complete: async (pending, callback, options) =>
      (await open()).round(who).complete(pending, callback, options),
  });
