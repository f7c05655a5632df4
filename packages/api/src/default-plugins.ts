import {
  type AuthProvidersOptions,
  authProviders,
  memoryGrantsPlugin,
} from '@tributary/auth-providers/di';
import { consentPlugin } from '@tributary/consent/di';
import { type Plugin, systemServices } from '@tributary/pipeline/di';
import { kyTransport, retryPlugin } from '@tributary/transport/di';

export interface DefaultsOptions extends AuthProvidersOptions {
  readonly userAgent?: string;
}

/** What the chain is made of where no plugin says otherwise; each part gives way to a plugin's. */
export const defaultPlugins = ({ userAgent, ...providers }: DefaultsOptions): readonly Plugin[] => [
  systemServices,
  memoryGrantsPlugin,
  authProviders(providers),
  consentPlugin(),
  retryPlugin(),
  kyTransport(userAgent === undefined ? {} : { userAgent }),
];
