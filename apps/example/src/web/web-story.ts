import type { WebOptions } from '../settings/web-arguments.js';
import type { Story } from '../stories/story.js';

/** A story that is told in a browser, until the person ends it. */
export interface WebStory extends Story {
  readonly web: WebOptions;
}
