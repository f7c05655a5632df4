import type { EndpointScopes } from '@tributary/auth-providers/scopes';
import type { ForgeRemote } from './forge-fetch.js';
import type { PlatformParts } from './parts.js';
import { ScopeMissingError } from './scope-missing-error.js';

/** What each list lacks, the least first; a list that is empty is no way in. */
const lacking = (
  { classic, granular }: EndpointScopes,
  granted: readonly string[],
): readonly string[] => {
  const [least = []] = [granular, classic]
    .filter((list) => list.length > 0)
    .map((list) => list.filter((scope) => !granted.includes(scope)))
    .toSorted((a, b) => a.length - b.length);
  return least;
};

const wantedWords = ({ classic, granular }: EndpointScopes): string =>
  [granular, classic]
    .filter((list) => list.length > 0)
    .map((list) => list.join(' and '))
    .join(', or ');

const API = /^((?:\/wiki)?(?:\/rest)?\/api(?:\/v?\d+|\/latest)?)((?:\/[^/?#]+)*)/;

/** What an endpoint that isn't in the tables is called: resources by their names, and `{}` for what is in them. */
const nameOf = (path: string): string => {
  const [, api, rest = ''] = API.exec(path) ?? [];
  if (api === undefined) return '/{}';
  const segments = rest.split('/').slice(1);
  const named = segments.map((segment, at) => (at % 2 === 0 ? segment : '{}'));
  return [api, ...named].join('/');
};

/**
 * Tells, before a product call is sent, which scope its endpoint wants and the manifest doesn't list: by a
 * warning, or by an error with `scopes: 'error'`. An endpoint that isn't in the tables is named once.
 * @throws ScopeMissingError
 */
export const checkScopes = async (
  { options, warn }: Pick<PlatformParts, 'options' | 'warn'>,
  remote: ForgeRemote,
  path: string,
  method: string,
): Promise<void> => {
  const { scopes: mode = 'off', permissions } = options;
  if (mode === 'off') return;
  const { findKnownEndpoint } = await import('@tributary/auth-providers/scopes');
  const endpoint = remote === 'confluence' ? findKnownEndpoint(path, method) : undefined;
  if (endpoint === undefined) {
    if (mode === 'warn') {
      warn(`${remote} ${method} ${nameOf(path)}: unknown endpoint, its scopes were not checked`);
    }
    return;
  }
  const { template, classic, granular } = endpoint;
  const wanted = { classic, granular };
  const missing = lacking(wanted, permissions?.scopes ?? []);
  if (missing.length === 0) return;
  const words = `${method} ${template} wants the scope ${wantedWords(wanted)}; add ${missing.join(' and ')} to permissions.scopes of the manifest`;
  if (mode === 'error') throw new ScopeMissingError({ method, template, wanted, missing, words });
  warn(words);
};
