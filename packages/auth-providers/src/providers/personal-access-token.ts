import { type AuthProviderFactory, Secret, type Site } from '@tributary/pipeline';
import { verifiable } from '../verify/verifiable.js';
import { requireDataCenter } from './check-deployment.js';
import { requireToken } from './config-value.js';
import { staticCredential } from './static-credential.js';

export interface PersonalAccessTokenOptions {
  readonly token: string;
}

const checkSite = (site: Site): void =>
  requireDataCenter(site, 'A personal access token', 'use apiToken({ email, token })');

/**
 * A person's access token of Confluence Data Center, 7.9 or later (Profile, Settings).
 * @throws ConfigError naming `token`.
 */
export const personalAccessToken = (options: PersonalAccessTokenOptions): AuthProviderFactory => {
  const hint = 'create one in Confluence: Profile, Settings, Personal Access Tokens';
  const authorization = new Secret(`Bearer ${requireToken('token', options?.token, hint)}`);
  return (services) =>
    verifiable(services, {
      kind: 'personal-access-token',
      isPersonal: true,
      endpoint: ({ site }: { readonly site: Site }) => {
        checkSite(site);
        return site.url;
      },
      credential: staticCredential(authorization),
      checkSite,
    });
};
