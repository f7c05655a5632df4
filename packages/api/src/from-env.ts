import { apiToken, cloud, dataCenter, oauth, personalAccessToken } from '@tributary/auth-providers';
import { type AuthProviderFactory, ConfigError, type Site } from '@tributary/pipeline';

/** What reading a site, its pages and one's own account needs. */
export const DEFAULT_SCOPES: readonly string[] = Object.freeze([
  'read:me',
  'read:space:confluence',
  'read:page:confluence',
  'read:confluence-user',
]);

export interface FromEnvOptions {
  /** Asked of the user when an OAuth client is configured. Default `DEFAULT_SCOPES`. */
  readonly scopes?: readonly string[];
  /** Whether TRIBUTARY_TOKEN is a scoped API token, which is honoured at the gateway. Default false. */
  readonly scopedToken?: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

interface EnvConfig {
  readonly site: Site;
  readonly app?: AuthProviderFactory;
  readonly user?: AuthProviderFactory;
}

const read = (env: Env, name: string): string | undefined =>
  env[name] === undefined || env[name] === '' ? undefined : env[name];

const required = (env: Env, name: string, why: string): string => {
  const value = read(env, name);
  if (value === undefined) throw new ConfigError(name, `is not set; ${why}`);
  return value;
};

/** Runs a factory that names its own fields, and names the variables instead. */
const named = <T>(variables: Readonly<Record<string, string>>, create: () => T): T => {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const variable = variables[error.field];
    if (variable === undefined) throw error;
    throw new ConfigError(variable, error.message.replace(`${error.field}: `, ''));
  }
};

const readSite = (env: Env): Site => {
  const url = required(
    env,
    'TRIBUTARY_SITE',
    'give the site, such as https://example.atlassian.net',
  );
  const deployment = read(env, 'TRIBUTARY_DEPLOYMENT') ?? 'cloud';
  if (deployment !== 'cloud' && deployment !== 'data-center') {
    throw new ConfigError('TRIBUTARY_DEPLOYMENT', 'must be cloud or data-center');
  }
  return named({ site: 'TRIBUTARY_SITE' }, () =>
    deployment === 'cloud' ? cloud(url) : dataCenter(url),
  );
};

const readApp = (env: Env, site: Site, scoped: boolean): AuthProviderFactory | undefined => {
  const email = read(env, 'TRIBUTARY_EMAIL');
  const token = read(env, 'TRIBUTARY_TOKEN');
  if (token === undefined) {
    if (email === undefined) return undefined;
    throw new ConfigError('TRIBUTARY_TOKEN', 'is not set, but TRIBUTARY_EMAIL is; give both');
  }
  const variables = { email: 'TRIBUTARY_EMAIL', token: 'TRIBUTARY_TOKEN' };
  if (site.deployment === 'data-center') {
    return named(variables, () => personalAccessToken({ token }));
  }
  if (email === undefined) {
    throw new ConfigError(
      'TRIBUTARY_EMAIL',
      'is not set, but TRIBUTARY_TOKEN is; an API token needs the email of its account',
    );
  }
  return named(variables, () => apiToken({ email, token, ...(scoped && { scoped }) }));
};

const readUser = (env: Env, scopes: readonly string[]): AuthProviderFactory | undefined => {
  const names = ['TRIBUTARY_CLIENT_ID', 'TRIBUTARY_CLIENT_SECRET', 'TRIBUTARY_REDIRECT_URI'];
  if (names.every((name) => read(env, name) === undefined)) return undefined;
  const [clientId, clientSecret, redirectUri] = names.map((name) =>
    required(env, name, `an OAuth client needs ${names.join(', ')}`),
  ) as [string, string, string];
  return named(
    {
      clientId: 'TRIBUTARY_CLIENT_ID',
      clientSecret: 'TRIBUTARY_CLIENT_SECRET',
      redirectUri: 'TRIBUTARY_REDIRECT_URI',
    },
    () => oauth({ clientId, clientSecret, redirectUri, scopes }),
  );
};

/**
 * Options for `createTributary` from the environment: TRIBUTARY_SITE, _DEPLOYMENT (cloud |
 * data-center, default cloud), _EMAIL and _TOKEN (as the app), _CLIENT_ID, _CLIENT_SECRET and
 * _REDIRECT_URI (as the user).
 * @throws ConfigError naming the variable that is missing or wrong, never showing its value
 */
export const fromEnv = (
  env: Env = process.env,
  { scopes = DEFAULT_SCOPES, scopedToken = false }: FromEnvOptions = {},
): EnvConfig => {
  const site = readSite(env);
  const app = readApp(env, site, scopedToken);
  const user = readUser(env, scopes);
  return { site, ...(app && { app }), ...(user && { user }) };
};
