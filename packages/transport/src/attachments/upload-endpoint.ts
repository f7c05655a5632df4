import { InvalidResponseError, type RequestOptions } from '@tributary/pipeline';
import { type Route, route } from '@tributary/route';
import { isRecord, readJson } from '../answers/read-json.js';
import type { RequestsConfluence } from '../answers/requests-confluence.js';
import type { Deployment } from './progress.js';

export interface UploadEndpoint {
  readonly path: Route;
  readonly method: 'PUT' | 'POST';
}

/** Data Center knows no PUT on the list (405), and refuses a name that is there already (400). */
const dataCenterEndpoint = async (
  api: RequestsConfluence,
  pageId: string | number,
  filename: string,
  options: RequestOptions,
): Promise<UploadEndpoint> => {
  const search = route`/rest/api/content/${pageId}/child/attachment?filename=${filename}&limit=${1}`;
  const answer = api.requestConfluence(search, options);
  const { body } = await readJson(answer, search.template, options.signal ?? undefined);
  const results = isRecord(body) ? body.results : undefined;
  if (!Array.isArray(results)) {
    throw new InvalidResponseError('The answer is no list of attachments.', {
      template: search.template,
    });
  }
  const [existing]: readonly unknown[] = results;
  if (!isRecord(existing)) {
    return { path: route`/rest/api/content/${pageId}/child/attachment`, method: 'POST' };
  }
  const id = String(existing.id);
  return { path: route`/rest/api/content/${pageId}/child/attachment/${id}/data`, method: 'POST' };
};

/**
 * Where an attachment of this name goes, be it new or a new version. Cloud has one endpoint for both
 * (REST v1, "Create or update attachment"), and v2 has none.
 */
export const uploadEndpoint = (
  api: RequestsConfluence,
  deployment: Deployment,
  pageId: string | number,
  filename: string,
  options: RequestOptions,
): Promise<UploadEndpoint> =>
  deployment === 'data-center'
    ? dataCenterEndpoint(api, pageId, filename, options)
    : Promise.resolve({
        path: route`/wiki/rest/api/content/${pageId}/child/attachment`,
        method: 'PUT',
      });
