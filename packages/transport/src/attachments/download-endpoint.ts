import { InvalidResponseError, type RequestOptions } from '@tributary/pipeline';
import { assumeTrustedRoute, type Route, route } from '@tributary/route';
import { isRecord, readJson } from '../answers/read-json.js';
import type { RequestsConfluence } from '../answers/requests-confluence.js';
import type { Deployment } from './progress.js';

export interface WantedAttachment {
  readonly pageId: string | number;
  readonly attachmentId: string | number;
  readonly version: number | undefined;
}

const NOWHERE = 'https://nowhere.invalid';

/** From where on the path is Confluence's own, whatever the context path before it. */
const SERVLET = /\/download\/attachments\/.*$/;

/**
 * Data Center has no download in its API, but says where the file lies. Its link is taken from the
 * servlet's name on, so that it stays under the base.
 */
const servletPath = async (
  api: RequestsConfluence,
  { attachmentId, version }: WantedAttachment,
  options: RequestOptions,
): Promise<Route> => {
  const path = route`/rest/api/content/${attachmentId}`;
  const answer = api.requestConfluence(path, options);
  const { body } = await readJson(answer, path.template, options.signal ?? undefined);
  const link = isRecord(body) && isRecord(body._links) ? body._links.download : undefined;
  const url =
    typeof link === 'string' && URL.canParse(link, NOWHERE) ? new URL(link, NOWHERE) : undefined;
  const servlet = url && SERVLET.exec(url.pathname)?.[0];
  if (url === undefined || servlet === undefined) {
    throw new InvalidResponseError('The answer says nowhere to download the attachment from.', {
      template: path.template,
    });
  }
  if (version !== undefined) {
    url.searchParams.set('version', String(version));
    // It belongs to the version that the link was for.
    url.searchParams.delete('modificationDate');
  }
  return assumeTrustedRoute(servlet + url.search, { template: '/download/attachments/{}/{}' });
};

/**
 * Where an attachment's bytes are asked for. On Cloud the endpoint answers with a redirect to the media
 * service, whose URL works for a while; `_links.download` refuses API tokens there.
 */
export const downloadEndpoint = (
  api: RequestsConfluence,
  deployment: Deployment,
  wanted: WantedAttachment,
  options: RequestOptions,
): Promise<Route> => {
  if (deployment === 'data-center') return servletPath(api, wanted, options);
  const { pageId, attachmentId, version } = wanted;
  const path = route`/wiki/rest/api/content/${pageId}/child/attachment/${attachmentId}/download`;
  return Promise.resolve(version === undefined ? path : route`${path}?version=${version}`);
};
