import type { AuthProviderFactory } from '@tributary/pipeline';
import { type BaseChoice, gatewayBases } from '../sites/product-base.js';
import { chosenBase } from './chosen-base.js';
import { requireBaseChoice } from './config-value.js';

export interface AnonymousOptions {
  /** Default: the site's URL, where Confluence serves anonymous readers and Basic with a classic token. */
  readonly base?: BaseChoice;
}

/** Nobody: for bare calls, which bring their own `Authorization` header or none. */
export const anonymous = (options: AnonymousOptions = {}): AuthProviderFactory => {
  const base = requireBaseChoice(options.base) ?? 'site';
  return (services) =>
    Object.freeze({
      kind: 'anonymous',
      ...chosenBase(base, gatewayBases(services)),
      credential: () => undefined,
    });
};
