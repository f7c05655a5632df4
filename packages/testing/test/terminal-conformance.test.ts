import { describe, expect, test } from 'vitest';
import { terminalConformance } from '../src/index.js';
import { expectFailures } from './expect-failures.js';
import { type Flaw, referenceTerminal } from './reference-terminal.js';

describe('what is right passes', () => {
  const cases = terminalConformance({ create: (services) => referenceTerminal(services) });
  // The built-in fetch of Node 22 and 24 goes on with an upload that was answered.
  const goesOn = Number.parseInt(process.versions.undici ?? '', 10) < 8;
  for (const { name, run } of cases) {
    test.skipIf(goesOn && name.endsWith('before the upload is done'))(name, run);
  }
});

/** The cases that each flaw must fail, by name or by what their names have in common. */
const FLAWS: Readonly<Record<Flaw, readonly (string | RegExp)[]>> = {
  'skips openCall': ['a path that leaves the base is refused before any socket'],
  'skips the credential check': ['a credential for another base is refused before any socket'],
  'forgets headers': ['headers arrive'],
  'sends forms as text': ['forms arrive, encoded anew per attempt'],
  'drains once': ['a replayable body can be sent again'],
  "prefers the caller's Authorization": ['Authorization comes from the credential'],
  "drops the caller's Authorization": [
    "without a credential the caller's own Authorization is sent",
  ],
  'ignores the signal': [
    'an abort beforehand sends nothing',
    'an abort ends a call that waits',
    /^an abort (?:ends a call|ends an upload|ends all calls|without a reason)/,
  ],
  'forgets the signal for bodies': [
    'an abort ends a body that is read',
    /^an abort (?:ends a body that|between|ends an encoded|may have|leaves)/,
  ],
  'leaves its listener': ['no listener is left on the signal'],
  'ignores the deadline': [
    'the deadline ends a call',
    'after the deadline nothing is sent',
    /^a deadline /,
  ],
  'aborts the body by the deadline': ['the deadline does not end a body'],
  'calls everything sent': ['a refused connection is reported as not sent'],
  'calls nothing sent': ['a lost connection is reported as maybe sent', / is a NetworkError$/],
  'lets fetch redirect': [
    'redirect: manual returns the redirect',
    'redirect: error refuses it',
    'a redirect to another origin takes Accept, Range and no secret',
    'a redirect out of the base takes no credential',
  ],
  'carries credentials everywhere': [
    'a redirect to another origin takes Accept, Range and no secret',
    'a redirect out of the base takes no credential',
    /^30\d (?:out of the base|to another origin) is followed/,
    'Location may leave out the scheme',
  ],
  'carries headers everywhere': ['a redirect to another origin takes Accept, Range and no secret'],
  'carries bodies everywhere': [
    'a body does not leave its base by a redirect',
    / is not followed by a PUT$/,
  ],
  'follows for ever': ['endless redirects end'],
  'follows anywhere': ['redirects to strange targets are refused'],
  'throws on 4xx': ['every status is returned'],
  'answers with a half Response': [
    'the answer is a standard Response',
    'arrayBuffer: each has memory of its own',
    'formData() of an empty body',
  ],
  'leaves content encoded': [
    'content is decoded',
    / is decoded/,
    'encoded bytes that trickle are decoded as they come',
    'a part of a body is asked for as it is',
  ],
  'garbles bodies': [
    /^\w+\(\) (?:gives the body, and|works on a clone)/,
    /^(?!formData)\w+\(\) of an empty body/,
    /^text: /,
    'json: a byte order mark is dropped',
    /^a character cut by/,
    'a body of a megabyte arrives whole',
    /^trailers/,
    'status, statusText, ok, type, redirected and url',
    'the answer passes for a Response',
    'body is one stream of bytes',
    /^a body that (?:nobody reads|ends with)/,
    /^an encoded (?:answer can|body without)/,
    'an unknown coding is left as it is',
    'a download can be read before its end is sent',
    'an abort after the body changes nothing',
    / is understood$/,
    'calls at the same time get their own answers',
    /^a connection that (?:the server closes|was closed)/,
  ],
  'reads bodies again and again': [
    /^\w+\(\) gives (?:the body once|nothing while)/,
    'json: what is no JSON is a SyntaxError, and the body is used',
    'a download waits for its reader',
  ],
  'gives every answer a body': [
    / has a null body$/,
    / of an answer that can have no body$/,
    'an answer to HEAD is not decoded',
  ],
  'forgives broken bodies': [
    / fails when the body breaks off$/,
    / fails the body$/,
    'what is not in its coding fails',
  ],
  'keeps cancelled bodies': ['a cancelled download closes its connection'],
  'forgets the headers of answers': [
    'blob: its type is the content type',
    'headers of 12 KiB are taken',
    /^the headers of an answer (?:are found|are Latin|may be|of one|keep|come|can be)/,
  ],
  'lets headers be changed': ['the headers of an answer can not be changed'],
  'answers with half Headers': [/^the headers of an answer (?:are null|refuse|pass)/],
  'shows the URL': ['no secret is shown'],
  'keeps no credential in the base': [
    'redirects within the base keep the credential',
    /^30\d within the base is followed/,
    /^Location may be/,
  ],
  'follows only the origin': ['a path never changes the origin'],
  'upper-cases paths': ['method and path arrive'],
  'sends empty bodies': ['bodies of every kind arrive'],
  'sends every body as a string': [
    / goes out with its type and length$/,
    /^a megabyte .* arrives whole$/,
    'PATCH and DELETE take a body',
    /^a form keeps/,
    /^a stream (?:that|of)/,
    'an answer may come before the upload is done',
  ],
  'sends every body as a stream': ['a form has a length, since some servers want one'],
  'collects uploads': ['an upload is made while it is sent', 'an upload waits for its server'],
  'types bodies by itself': [
    "the caller's own content type wins",
    'a POST without a body says so',
    'a GET has neither length nor type',
  ],
  'drops the body of a GET': ['a body on a GET is refused before any socket'],
  'opens a connection each': ['connections are kept and used again'],
  'forgets bodies on the way': [/^30\d (?:within the base repeats|can not repeat)/],
  'repeats a PUT after 303': ['303 makes a GET of a PUT, without its body'],
  'wants a Location': ['a redirect without Location is returned'],
  'takes every 3xx for a redirect': ['300 and 304 are no redirects, whatever their Location'],
  'hides redirects': ['an answer says whether it was redirected, and where it came from'],
  'adds again what it left behind': ['what was left behind does not come back with a later hop'],
};

const bare = (name: string): string => name.replace('terminal: ', '');

const isConcerned = (name: string, expected: readonly (string | RegExp)[]): boolean =>
  expected.some((each) => (typeof each === 'string' ? each === name : each.test(name)));

describe('a wrong terminal fails, by the cases that are for it', () => {
  for (const [flaw, expected] of Object.entries(FLAWS)) {
    const cases = terminalConformance({
      create: (services) => referenceTerminal(services, flaw as Flaw),
    });
    const concerned = cases.filter(({ name }) => isConcerned(bare(name), expected));
    expectFailures(
      flaw,
      concerned,
      concerned.map(({ name }) => name),
    );
  }

  test('every case can fail, and every expectation names one', () => {
    const names = terminalConformance({ create: referenceTerminal }).map(({ name }) => bare(name));
    const all = Object.values(FLAWS).flat();
    expect(names.filter((name) => !isConcerned(name, all))).toEqual([]);
    expect(all.filter((each) => !names.some((name) => isConcerned(name, [each])))).toEqual([]);
  });
});
