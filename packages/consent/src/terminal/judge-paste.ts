import { type ExpectedCallback, judgeAnswer } from './callback-answer.js';

export type JudgedPaste =
  | { readonly params: URLSearchParams }
  /** For the person; repeats nothing of what they pasted. */
  | { readonly reason: string };

export interface ExpectedPaste extends ExpectedCallback {
  /** Where the person decides. */
  readonly authorizationUrl: URL;
}

/** The parameters of the answer that was asked for, or what else the person pasted. */
export const judgePaste = (text: string, expected: ExpectedPaste): JudgedPaste => {
  const { redirectUri, state, authorizationUrl } = expected;
  const wanted = `${redirectUri.origin}${redirectUri.pathname}`;
  const pasted = readPasted(text, redirectUri);
  if (pasted === undefined) {
    return { reason: `That is no address. Copy the whole one; it begins with ${wanted}` };
  }
  if (pasted.origin !== redirectUri.origin || pasted.pathname !== redirectUri.pathname) {
    return pasted.origin === authorizationUrl.origin
      ? {
          reason: `That is a page on the way. Go on there, until the address begins with ${wanted}`,
        }
      : { reason: `That is another address. The one to paste begins with ${wanted}` };
  }
  const judged = judgeAnswer(pasted.searchParams, state);
  if (!('fault' in judged)) return judged;
  return {
    reason: pasted.searchParams.has('state')
      ? FAULTS[judged.fault]
      : 'That address holds no answer, or only a part of it. Copy it whole.',
  };
};

const FAULTS = {
  state:
    'That answer belongs to another request. Open the address above, and paste where it leads.',
  empty: 'That address holds only a part of the answer. Copy it whole.',
} as const;

/** Browsers leave out `http://`, and mail and chat put it in quotes or brackets. */
const readPasted = (text: string, { host }: URL): URL | undefined => {
  const bare = text.trim().replaceAll(/^[<"'`]+|[>"'`]+$/g, '');
  const whole = bare.toLowerCase().startsWith(`${host}/`) ? `http://${bare}` : bare;
  return /^https?:\/\//i.test(whole) && URL.canParse(whole) ? new URL(whole) : undefined;
};
