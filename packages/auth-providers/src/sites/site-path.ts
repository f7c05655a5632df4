import { type Call, RequestError, type Site } from '@tributary/pipeline';

/** Any number of `/wiki`, whole segments only. */
const WIKI = /^(?:\/wiki)+(?=[/?]|$)/;
const CLOUD_REST = /^\/rest(?=[/?]|$)/;
/** `/ex/{product}/{cloudId}` is the gateway's way into other sites; plain segments, so that nothing else leads there. */
const GRAPH = /^\/(?!ex[/?])[\w-]+(?:\/(?:[\w:~-][\w.:~-]*)?)*(?:\?|$)/i;

/**
 * The path as the site's deployment expects it. Cloud has everything under `/wiki`; authorize() and
 * v1 links of Atlassian's own leave it out. Data Center has its context path in the site's URL, and
 * no `/wiki` but by chance there.
 * @throws RequestError for a path of the common API that leads to a site's products, and on Data Center.
 */
export const sitePath = (site: Site, product: Call['product'], path: string): string => {
  if (product === 'graph' && (site.deployment !== 'cloud' || !GRAPH.test(path))) {
    throw new RequestError('path', "is none of Atlassian's common API on Cloud, such as /graphql");
  }
  if (product !== 'confluence') return path;
  if (site.deployment === 'cloud') {
    if (CLOUD_REST.test(path)) return `/wiki${path}`;
    return path.startsWith('/wiki/wiki') ? path.replace(WIKI, '/wiki') : path;
  }
  if (!path.startsWith('/wiki')) return path;
  const rest = path.replace(WIKI, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
};
