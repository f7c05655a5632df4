// A macro's backend: the default import, as the user, with a check and an upload.
import api, { authorize, NeedsAuthenticationError, route } from '@forge/api';

interface Request {
  payload: { pageId: string };
  context: { accountId?: string };
}

export const summary = async ({ payload: { pageId } }: Request) => {
  const response = await api.asUser().requestConfluence(route`/wiki/api/v2/pages/${pageId}`, {
    headers: { Accept: 'application/json' },
  });
  if (!response.ok) return { error: `${response.status} ${await response.text()}` };
  const { title, version } = await response.json();
  return { title, version: version.number, type: response.headers.get('content-type') };
};

export const canEdit = async (pageId: string): Promise<boolean> => {
  const { canUpdate } = authorize().onConfluenceContent(pageId);
  return Boolean(await canUpdate?.());
};

export const attach = async (pageId: string, text: string) => {
  const form = new FormData();
  form.append('file', new Blob([text], { type: 'text/plain' }), 'summary.txt');
  return api.asUser().requestConfluence(route`/wiki/rest/api/content/${pageId}/child/attachment`, {
    method: 'PUT',
    headers: { 'X-Atlassian-Token': 'nocheck' },
    // Forge's type leaves forms out; apps send them all the same.
    body: form as unknown as ArrayBuffer,
  });
};

export const isConsent = (error: unknown): boolean =>
  error instanceof NeedsAuthenticationError && error.status === 401 && error.serviceKey !== '';
