import type { IncomingMessage } from 'node:http';
import { type AnswerFault, type ExpectedCallback, judgeAnswer } from './callback-answer.js';

export type JudgedRequest =
  | { readonly params: URLSearchParams }
  | { readonly status: 400 | 404; readonly reason: string };

const refuse = (reason: string) => ({ status: 400, reason }) as const;

const REASONS: Readonly<Record<AnswerFault, string>> = {
  state: 'This answer belongs to another request. Start again from the terminal.',
  empty: 'This answer holds neither a code nor an error.',
};

/** The parameters of the answer that was asked for, or why this is something else. */
export const judgeRequest = (
  request: Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'>,
  { redirectUri, state }: ExpectedCallback,
): JudgedRequest => {
  const hosts = request.headersDistinct.host ?? [];
  // A page of another site that rebinds its name to loopback sends that name.
  if (hosts.length !== 1 || hosts[0]?.toLowerCase() !== redirectUri.host) {
    return refuse('This is not the address that was registered.');
  }
  // Compared as it came: an absolute target or a dot segment never equals it.
  const [path = '', search = ''] = splitOnce(request.url ?? '', '?');
  if (path === '/favicon.ico') return { status: 404, reason: 'There is no icon.' };
  if (path !== redirectUri.pathname) return refuse('There is nothing at this path.');
  // HEAD too: link checkers must not spend the code.
  if (request.method !== 'GET') return refuse('Only GET is answered here.');

  const judged = judgeAnswer(new URLSearchParams(search), state);
  return 'fault' in judged ? refuse(REASONS[judged.fault]) : judged;
};

const splitOnce = (text: string, separator: string): readonly string[] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};
