import { PRIVATE } from './html/page.js';
import { askUrl, requiredUrl } from './page-urls.js';
import type { PendingConsent } from './pending-consent.js';
import type { Settings } from './settings.js';

/** A program's 401: problem details (RFC 9457), and the challenge that a 401 needs (RFC 9110, section 15.5.2). */
export const consentProblem = (settings: Settings, consent: PendingConsent): Response => {
  const { appName } = settings;
  const consentUrl = askUrl(settings, consent.id);
  const problem = {
    type: requiredUrl(settings),
    title: 'Consent needed',
    status: 401,
    detail: `The signed-in person has not allowed ${appName} to act for them. Open consentUrl in their browser, then send the request again.`,
    consentUrl,
    scopes: consent.scopes,
    // It is kept for longer, for what follows the answer.
    expiresAt: new Date(consent.askedUntil).toISOString(),
  };
  return new Response(JSON.stringify(problem), {
    status: 401,
    headers: {
      ...PRIVATE,
      'content-type': 'application/problem+json',
      // No scheme of the registry means this. Browsers show nothing for one that they don't know.
      'www-authenticate': `Consent realm="${quoted(consent.site.url)}", uri="${quoted(consentUrl)}"`,
    },
  });
};

/** RFC 9110, section 5.6.4; URLs hold visible ASCII only. */
const quoted = (text: string): string => text.replace(/["\\]/g, '\\$&');
