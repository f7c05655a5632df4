import { requestConfluence } from 'readme:transport/confluence.ts';
import * as credentials from '@tributary/auth-providers';
import {
  createPipeline,
  ensureOk,
  factsOf,
  noRetry,
  silentLogger,
  systemClock,
  TributaryError,
} from '@tributary/pipeline';
import { route } from '@tributary/route';
import { kyTerminal, serviceFetch } from '@tributary/transport';

/** What a test can carry out of the page of how a call ended. */
interface Outcome {
  readonly status?: number;
  readonly type?: string;
  readonly attempts?: number | undefined;
  readonly body?: unknown;
  readonly error?: Record<string, unknown>;
}

const failure = (error: unknown): Record<string, unknown> =>
  error instanceof TributaryError
    ? error.toJSON()
    : { name: (error as Error).name, message: (error as Error).message };

const outcome = async (answer: Promise<Response>): Promise<Outcome> => {
  try {
    const response = await answer;
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      type: response.type,
      attempts: factsOf(response)?.attempts,
      body: isJson ? JSON.parse(text) : text,
    };
  } catch (error) {
    return { error: failure(error) };
  }
};

const services = {
  fetch: serviceFetch(),
  clock: systemClock,
  grants: credentials.memoryGrants(),
  links: credentials.memoryAccountLinks(),
  logger: silentLogger,
};

/** Without a relay: a Data Center site that allows the page's origin. */
const askDataCenter = (url: string, token: string, path: string): Promise<Response> => {
  const { authenticate, anonymous, dataCenter, personalAccessToken, resolveProviders } =
    credentials;
  const app = personalAccessToken({ token })(services);
  const pipeline = createPipeline({
    resolve: resolveProviders({ app, none: anonymous()(services) }),
    retry: noRetry,
    auth: authenticate(),
    transport: kyTerminal({ userAgent: 'stale-pages/1.0' }),
  });
  return pipeline.send({
    product: 'confluence',
    site: dataCenter(url),
    principal: { kind: 'app' },
    path,
    template: path,
    method: 'GET',
    headers: { 'x-asked-by': 'a page' },
    redirect: 'follow',
    options: {},
  });
};

const page = {
  route,
  requestConfluence,
  ensureOk,
  outcome,
  askDataCenter,
  /** What is there to import in a page. */
  names: Object.keys(credentials),
};

declare global {
  interface Window {
    tributary: typeof page;
  }
}

window.tributary = page;
