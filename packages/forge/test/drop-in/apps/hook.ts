// A web trigger: its types, errors in general, GraphQL, another host, a third party.
import {
  type AppContext,
  asUser,
  type ExternalAuthFetchMethods,
  fetch,
  getAppContext,
  HttpError,
  isForgePlatformError,
  isHostedCodeError,
  ProxyRequestError,
  permissions,
  privacy,
  type RequestInit,
  type WebTriggerRequest,
  type WebTriggerResponse,
  webTrigger,
} from '@forge/api';

const answer = (statusCode: number, body: unknown): WebTriggerResponse => ({
  statusCode,
  headers: { 'Content-Type': ['application/json'] },
  body: JSON.stringify(body),
});

export const handle = async ({
  method,
  queryParameters,
  body,
}: WebTriggerRequest): Promise<WebTriggerResponse> => {
  const [url = ''] = queryParameters.url ?? [];
  const init: RequestInit = method === 'POST' ? { method, body, headers: { 'X-Hook': '1' } } : {};
  try {
    if (!permissions.canFetchFrom('backend', url)) return answer(403, { lacks: url });
    const response = await fetch(url, init);
    return answer(response.status, await response.json());
  } catch (error) {
    if (error instanceof ProxyRequestError) return answer(error.status, { code: error.errorCode });
    if (error instanceof HttpError) return answer(error.status ?? 500, {});
    const known = error as Error;
    return answer(500, {
      isHosted: isHostedCodeError(known),
      isForge: isForgePlatformError(known),
      message: known.message,
    });
  }
};

export const whoAmI = (): string => {
  const { appAri, environmentType, permissions: granted }: AppContext = getAppContext();
  return `${appAri} ${environmentType} ${granted?.format()}`;
};

export const files = async (): Promise<string[]> => {
  const drive: ExternalAuthFetchMethods = asUser().withProvider('drive', 'files');
  if (!(await drive.hasCredentials(['files']))) await drive.requestCredentials(['files']);
  const response = await drive.fetch('/files');
  return response.json();
};

export const graph = async (query: string) => {
  const response = await asUser().requestGraph(query, { first: 1 });
  return response.json();
};

export const report = (accountId: string) =>
  privacy.reportPersonalData([{ accountId, updatedAt: new Date().toISOString() }]);

export const url = (): Promise<string> => webTrigger.getUrl('hook', { forceCreate: true });
