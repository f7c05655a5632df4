import { RequestError } from '@tributary/pipeline';
import type { ForgeFetch } from './platform/forge-fetch.js';
import { warnings } from './platform/warnings.js';

export interface OddSegmentsOptions {
  /**
   * Refuse what Forge sends as it is and is most likely a mistake: `undefined`, an object or nothing in a
   * path. Default false: it is sent, with a warning.
   */
  readonly strictRoutes?: boolean | undefined;
  /** Where warnings go, once each. Default `process.emitWarning`, of type ForgeParityWarning. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** What a parameter leaves behind that was no text, or an empty one. */
const ODD = /\/(undefined|null|NaN|\[object [^\]/]*\])?(?=\/|$)/;

/** The odd segment of a path, if there is one. */
const oddSegment = (path: string): string | undefined => {
  const before = path.replace(/[?#].*/s, '').replace(/\/$/, '');
  const found = ODD.exec(before);
  if (found === null) return undefined;
  return found[1] ?? 'nothing';
};

/** `fetch` that heeds what the real `route` lets pass: Forge's own doesn't look at it. */
export const heedOddSegments = (
  fetch: ForgeFetch,
  { strictRoutes = false, warn }: OddSegmentsOptions,
): ForgeFetch => {
  const tell = warnings(warn);
  return async (meta, path, init) => {
    const odd = meta.type === 'fpp' && typeof path === 'string' ? oddSegment(path) : undefined;
    if (odd !== undefined) {
      const product = 'remote' in meta ? meta.remote : 'a product';
      if (strictRoutes) throw new RequestError('path', `has ${odd} for a segment`);
      tell(
        `A path to ${product} has ${odd} for a segment. It is sent as Forge sends it; strictRoutes refuses it.`,
      );
    }
    return fetch(meta, path, init);
  };
};
