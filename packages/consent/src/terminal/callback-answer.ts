import { isSame } from '../is-same.js';

/** What the authorization server's answer has to look like. */
export interface ExpectedCallback {
  readonly redirectUri: URL;
  readonly state: string;
}

/** It is another request's, or no answer at all. */
export type AnswerFault = 'state' | 'empty';

/** Whether these are the parameters of the answer that was asked for, however they got here. */
export const judgeAnswer = (
  params: URLSearchParams,
  state: string,
): { readonly params: URLSearchParams } | { readonly fault: AnswerFault } => {
  const [given, ...more] = params.getAll('state');
  // Any program on the machine may guess here (RFC 8252, section 8.3).
  if (given === undefined || more.length > 0 || !isSame(given, state)) return { fault: 'state' };
  return params.has('code') || params.has('error') ? { params } : { fault: 'empty' };
};
