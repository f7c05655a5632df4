import { ConfigError } from '@tributary/pipeline';
import { serveOnRealSite } from './real-site.js';
import { serveOnSandbox } from './sandbox.js';
import type { WebStory } from './web-story.js';

/** The example's web face, until the person stops it. */
export const serveWeb = (
  story: WebStory,
  { hasSettings }: { readonly hasSettings: boolean },
): Promise<void> => {
  if (story.options.interactive) {
    throw new ConfigError('--interactive', 'goes without --web, which asks in your browser anyway');
  }
  if (hasSettings) return serveOnRealSite(story);
  for (const name of ['write', 'grants'] as const) {
    if (story.web[name] === undefined) continue;
    throw new ConfigError(
      `--${name}`,
      'is for a site of your own: set TRIBUTARY_SITE, or leave it out for the sandbox',
    );
  }
  return serveOnSandbox(story);
};
