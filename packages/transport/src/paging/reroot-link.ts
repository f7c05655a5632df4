/** Where the API begins in a path: what stands before it differs between site, gateway and Data Center. */
const API = /\/(?:rest|api)\//;

/** A dot, slash or backslash that a server would see after one more decode. */
const ENCODED_STRUCTURE = /%(?:2e|2f|5c)/i;

/** Any origin: links are resolved, and then nothing but their path and query is taken. */
const NOWHERE = 'https://nowhere.invalid';

const isHttp = (url: URL): boolean => url.protocol === 'https:' || url.protocol === 'http:';

const isOf = (path: string, context: string): boolean =>
  context.startsWith('/') && path.startsWith(`${context}/`);

/**
 * Path and query of a link of an answer, put where the path of the request stood: `/rest/api/…` without
 * `/wiki`, `/wiki/wiki/…`, the site's URL in an answer of the gateway, and a context path all come out
 * right, and nothing leaves the base that the call is resolved to. Undefined for a link that leads out of
 * the API.
 * @param from path and query of the request that was answered
 * @param context the answer's `_links.context`, which some links of Data Center repeat
 */
export const rerootLink = (link: string, from: string, context = ''): string | undefined => {
  const here = new URL(NOWHERE + from);
  if (!URL.canParse(link, here)) return undefined;
  const there = new URL(link, here);
  if (!isHttp(there)) return undefined;
  const path = isOf(there.pathname, context)
    ? there.pathname.slice(context.length)
    : there.pathname;
  const begins = API.exec(here.pathname)?.index;
  if (begins === undefined) {
    return path.endsWith(here.pathname) ? here.pathname + there.search : undefined;
  }
  const api = API.exec(path)?.index;
  if (api === undefined) return undefined;
  const rerooted = here.pathname.slice(0, begins) + path.slice(api);
  if (rerooted !== here.pathname && ENCODED_STRUCTURE.test(rerooted)) return undefined;
  return rerooted + there.search;
};

/** The path of a path and query. */
export const pathOf = (pathAndQuery: string): string => new URL(NOWHERE + pathAndQuery).pathname;

/** The same path and query with one parameter set. */
export const withParameter = (pathAndQuery: string, name: string, value: string): string => {
  const url = new URL(NOWHERE + pathAndQuery);
  url.searchParams.set(name, value);
  return url.pathname + url.search;
};
