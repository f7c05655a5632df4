import { createTributary, type Tributary } from '@tributary/api';
import { apiToken, cloud, oauth } from '@tributary/auth-providers';
import { terminalPrompt } from '@tributary/consent/terminal';
import type { ConsentPrompt } from '@tributary/pipeline';
import { type Sandbox, walkConsent } from '@tributary/sandbox';

/** As the app's own administrator, and as whoever grants. */
export const sandboxClient = (
  { siteUrl, gatewayUrl, authUrl, client, people: { admin } }: Sandbox,
  scopes: readonly string[],
  redirectUri = client.redirectUris[0] ?? '',
): Tributary =>
  createTributary({
    site: cloud(siteUrl, { gateway: gatewayUrl }),
    app: apiToken({ email: admin.email, token: admin.apiToken }),
    user: oauth({
      ...client,
      redirectUri,
      scopes,
      authorizationServer: authUrl,
      gateway: gatewayUrl,
    }),
  });

/** Asks a person of the sandbox at a terminal, who grants. */
export const askPerson = ({ people }: Sandbox, as: 'editor' | 'reader'): ConsentPrompt =>
  terminalPrompt({ open: walkConsent({ as: people[as] }), output: { write() {} } });
