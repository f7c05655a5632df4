import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgePaste } from '../src/terminal/judge-paste.js';

const STATE = 'the-state';
const expected = {
  redirectUri: new URL('http://localhost:53682/callback'),
  authorizationUrl: new URL('https://auth.example/authorize?state=the-state'),
  state: STATE,
};
const judge = (text: string) => judgePaste(text, expected);
const ANSWER = `http://localhost:53682/callback?code=c&state=${STATE}`;

describe('judgePaste', () => {
  it.each([
    ['as it is', ANSWER],
    ['with what a browser leaves out', ANSWER.replace('http://', '')],
    ['in spaces', `  ${ANSWER}\t`],
    ['in quotes', `"${ANSWER}"`],
    ['in brackets', `<${ANSWER}>`],
    ['with a fragment', `${ANSWER}#`],
    ['in capitals', ANSWER.replace('http://localhost', 'HTTP://LOCALHOST')],
    ['with a denial', ANSWER.replace('code=c', 'error=access_denied')],
  ])('takes the answer %s', (_, text) => {
    const judged = judge(text);
    expect('params' in judged && judged.params.get('state')).toBe(STATE);
  });

  it.each([
    ['no address', 'what?', 'That is no address'],
    ['a code alone', 'eyJhbGciOi', 'That is no address'],
    ['a script', 'javascript:alert(1)', 'That is no address'],
    ['the page where one decides', 'https://auth.example/consent?x=1', 'a page on the way'],
    ['another port', ANSWER.replace('53682', '53683'), 'another address'],
    ['another path', ANSWER.replace('callback', 'callback/'), 'another address'],
    ['another scheme', ANSWER.replace('http:', 'https:'), 'another address'],
    ['another host', ANSWER.replace('localhost', 'evil.example'), 'another address'],
    ['user information', ANSWER.replace('localhost', 'x@evil.example'), 'another address'],
    ['an older answer', ANSWER.replace(STATE, 'older'), 'belongs to another request'],
    ['two states', `${ANSWER}&state=${STATE}`, 'belongs to another request'],
    ['a part, without state', 'http://localhost:53682/callback?code=c', 'only a part'],
    ['the bare redirect URI', 'http://localhost:53682/callback', 'only a part'],
    ['a part, without code', ANSWER.replace('code=c&', ''), 'only a part'],
  ])('explains what is wrong with %s', (_, text, reason) => {
    expect(judge(text)).toEqual({ reason: expect.stringContaining(reason) });
  });

  it('neither fails on anything pasted, nor takes an answer without the state, nor repeats it', () => {
    const near = fc.array(
      fc.constantFrom(
        'http://',
        'localhost',
        ':53682',
        '/callback',
        '?',
        '&',
        'code=',
        'state=',
        'x',
      ),
    );
    const anything = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      near.map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const judged = judge(`${text}secret`);
        return 'reason' in judged && !judged.reason.includes('secret');
      }),
    );
  });
});
