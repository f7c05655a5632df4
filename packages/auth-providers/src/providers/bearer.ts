import {
  type AuthProvider,
  type AuthProviderFactory,
  ConfigError,
  type Credential,
  type ResolvedCall,
  revealSecret,
  Secret,
} from '@tributary/pipeline';
import { isPromise } from '../is-promise.js';
import { type BaseChoice, gatewayBases } from '../sites/product-base.js';
import { verifiable } from '../verify/verifiable.js';
import { chosenBase } from './chosen-base.js';
import { requireBaseChoice, requireToken } from './config-value.js';
import { staticCredential } from './static-credential.js';

/** Asked at every attempt, so that it decides what is kept and for whom; `undefined` sends no credential. */
export type TokenSource = (call: ResolvedCall) => string | undefined | Promise<string | undefined>;

export interface BearerOptions {
  /** Default: the gateway on Cloud, the site's URL on Data Center. */
  readonly base?: BaseChoice;
}

const HINT = 'give the token itself, without "Bearer "';

const authorizationOf = (token: string): Secret =>
  new Secret(`Bearer ${requireToken('token', token, HINT)}`);

const fromSource = (source: TokenSource): Pick<AuthProvider, 'credential' | 'renew'> => {
  const credentialOf = (token: string | undefined, base: string): Credential | undefined =>
    token === undefined ? undefined : { authorization: authorizationOf(token), base };

  const credential = (call: ResolvedCall) => {
    const token = source(call);
    return isPromise(token)
      ? token.then((value) => credentialOf(value, call.base))
      : credentialOf(token, call.base);
  };

  return {
    credential,
    /** The source is asked once more; the token that was just refused is no answer. */
    async renew(call, rejected) {
      const fresh = await credential(call);
      if (fresh === undefined) return undefined;
      const isSame = revealSecret(fresh.authorization) === revealSecret(rejected.authorization);
      return isSame ? undefined : fresh;
    },
  };
};

/**
 * A bearer token from elsewhere: a string, or a function that is asked at every attempt.
 * @throws ConfigError naming `token` or `base`.
 */
export const bearer = (
  token: string | TokenSource,
  options: BearerOptions = {},
): AuthProviderFactory => {
  const base = requireBaseChoice(options.base);
  if (token === undefined || token === null) {
    throw new ConfigError('token', `is missing; ${HINT}, or a function that fetches it`);
  }
  const answers =
    typeof token === 'function'
      ? fromSource(token)
      : { isPersonal: true, credential: staticCredential(authorizationOf(token)) };
  return (services) =>
    verifiable(services, {
      kind: 'bearer',
      ...chosenBase(base, gatewayBases(services)),
      ...answers,
    });
};
