import {
  type AuthProvidersOptions,
  authProviders,
  memoryGrantsPlugin,
  storedGrants,
} from '@tributary/auth-providers/di';
import { consentPlugin } from '@tributary/consent/di';
import type { GrantStorage } from '@tributary/pipeline';
import { type Plugin, systemServices } from '@tributary/pipeline/di';
import { defaultBudget, kyTransport, retryPlugin } from '@tributary/transport/di';

export interface DefaultsOptions extends AuthProvidersOptions {
  readonly userAgent?: string;
  readonly grants?: GrantStorage | (() => GrantStorage);
}

/** What the chain is made of where no plugin says otherwise; each part gives way to a plugin's. */
export const defaultPlugins = ({
  userAgent,
  grants,
  ...providers
}: DefaultsOptions): readonly Plugin[] => [
  systemServices,
  grants === undefined ? memoryGrantsPlugin : storedGrants(grants),
  authProviders(providers),
  consentPlugin(),
  retryPlugin(),
  defaultBudget,
  kyTransport(userAgent === undefined ? {} : { userAgent }),
];
