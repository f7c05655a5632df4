import type { Credential, ResolvedCall, Secret } from '@tributary/pipeline';

/** One header value for every call. The credential is bound to its call's base, and kept for the next. */
export const staticCredential = (authorization: Secret): ((call: ResolvedCall) => Credential) => {
  let last: Credential | undefined;
  return ({ base }) => {
    if (last?.base !== base) last = Object.freeze({ authorization, base });
    return last;
  };
};
