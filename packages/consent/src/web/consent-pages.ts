import { ConfigError, TributaryError } from '@tributary/pipeline';
import { answerAsked, showAsked } from './asked.js';
import { receiveCallback } from './callback.js';
import { failedPage, noPage, onlyMethodsPage, requiredPage } from './html/outcome-pages.js';
import type { Parts } from './parts.js';
import { type RunAgain, resume, showAnswer } from './resume.js';
import type { Settings } from './settings.js';
import { isId } from './tokens.js';
import { homeOf, show, type Visitor } from './visitor.js';

/** What a request under the path comes to. What fails meanwhile, stores above all, is told to the app. */
export const answerPage = async (parts: Parts, request: Request): Promise<Response | RunAgain> => {
  try {
    return await choosePage(parts, request);
  } catch (error) {
    if (!(error instanceof TributaryError) || error instanceof ConfigError) throw error;
    parts.settings.onError(error, request);
    const { pathname, search } = new URL(request.url);
    const here = parts.settings.origin + pathname + search;
    return show(parts, failedPage({ href: here, words: 'Try again' }));
  }
};

const choosePage = async (parts: Parts, request: Request): Promise<Response | RunAgain> => {
  const { origin, path } = parts.settings;
  const { pathname, search } = new URL(request.url);
  const [step = '', id, ...more] = pathname.slice(path.length + 1).split('/');
  const visitor = async (): Promise<Visitor> => ({
    request,
    // Whatever Host said.
    url: new URL(origin + pathname + search),
    user: await parts.settings.user(request),
  });
  const { method } = request;
  const isKnown = PAGES.has(step) && more.length === 0 && isId(id) === NEEDS_ID.has(step);
  if (!isKnown || !isPage(parts.settings, request.url)) return show(parts, noPage(homeOf(parts)));
  // HEAD too: whoever looks at links ahead must spend nothing.
  if (method !== 'GET' && !(method === 'POST' && step === 'ask')) return refuseMethod(parts, step);

  switch (step) {
    case 'callback':
      return receiveCallback(parts, await visitor());
    case 'required':
      return show(parts, requiredPage(parts.settings.appName));
    case 'resume':
      return resume(parts, await visitor(), id as string);
    case 'answer':
      return showAnswer(parts, await visitor(), id as string);
    default:
      return method === 'POST'
        ? answerAsked(parts, await visitor(), id as string)
        : showAsked(parts, await visitor(), id as string);
  }
};

/** By the path as it is normalised, since that is what is answered. */
export const isPage = ({ path }: Settings, url: string): boolean =>
  new URL(url).pathname.startsWith(`${path}/`);

const NEEDS_ID = new Set(['ask', 'resume', 'answer']);
const PAGES = new Set([...NEEDS_ID, 'callback', 'required']);

const refuseMethod = (parts: Parts, step: string): Response => {
  const methods = step === 'ask' ? ['GET', 'POST'] : ['GET'];
  const response = show(parts, onlyMethodsPage(methods.join(' or ')));
  response.headers.set('allow', methods.join(', '));
  return response;
};
