import api, {
  route,
  type WebTriggerContext,
  type WebTriggerRequest,
  type WebTriggerResponse,
} from '@forge/api';

const answer = (statusCode: number, body: unknown): WebTriggerResponse => ({
  statusCode,
  headers: { 'Content-Type': ['application/json'], 'X-Hook': ['add-page', '1'] },
  body: JSON.stringify(body),
});

export const addPage = async (
  request: WebTriggerRequest & { userPath: string },
  context: WebTriggerContext,
): Promise<WebTriggerResponse> => {
  if (request.method !== 'POST') return answer(405, { error: 'POST a page' });
  const [key = ''] = request.queryParameters.space ?? [];
  const found = await api.asApp().requestConfluence(route`/wiki/api/v2/spaces?keys=${key}`);
  const [space] = (await found.json()).results;
  if (space === undefined) return answer(404, { error: `No space ${key}` });
  const { title, text } = JSON.parse(request.body);
  const response = await api.asApp().requestConfluence(route`/wiki/api/v2/pages`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      spaceId: space.id,
      status: 'current',
      title,
      body: { representation: 'storage', value: `<p>${text}</p>` },
    }),
  });
  const page = await response.json();
  return answer(response.status, { id: page.id, at: request.userPath, context });
};

export const ping = async () => {
  const response = await api.asApp().requestConfluence(route`/wiki/api/v2/spaces?limit=${'1'}`);
  return { outputKey: response.ok ? 'up' : 'down' };
};
