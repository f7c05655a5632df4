import { describe, expect, test } from 'vitest';
import { terminalConformance } from '../src/index.js';
import { expectFailures } from './expect-failures.js';
import { type Flaw, referenceTerminal } from './reference-terminal.js';

describe('what is right passes', () => {
  const cases = terminalConformance({ create: (services) => referenceTerminal(services) });
  for (const { name, run } of cases) test(name, run);
});

const FLAWS: Readonly<Record<Flaw, readonly string[]>> = {
  'skips openCall': ['a path that leaves the base is refused before any socket'],
  'skips the credential check': ['a credential for another base is refused before any socket'],
  'forgets headers': ['headers arrive'],
  'sends forms as text': ['forms arrive, encoded anew per attempt'],
  'drains once': ['a replayable body can be sent again'],
  "prefers the caller's Authorization": ['Authorization comes from the credential'],
  "drops the caller's Authorization": [
    "without a credential the caller's own Authorization is sent",
  ],
  'ignores the signal': ['an abort beforehand sends nothing', 'an abort ends a call that waits'],
  'forgets the signal for bodies': ['an abort ends a body that is read'],
  'leaves its listener': ['no listener is left on the signal'],
  'ignores the deadline': ['the deadline ends a call', 'after the deadline nothing is sent'],
  'aborts the body by the deadline': ['the deadline does not end a body'],
  'calls everything sent': ['a refused connection is reported as not sent'],
  'calls nothing sent': ['a lost connection is reported as maybe sent'],
  'lets fetch redirect': [
    'redirect: manual returns the redirect',
    'redirect: error refuses it',
    'a redirect to another origin takes Accept and Range only',
    'a redirect out of the base takes no credential',
  ],
  'carries credentials everywhere': [
    'a redirect to another origin takes Accept and Range only',
    'a redirect out of the base takes no credential',
  ],
  'carries headers everywhere': ['a redirect to another origin takes Accept and Range only'],
  'carries bodies everywhere': ['a body does not leave its base by a redirect'],
  'follows for ever': ['endless redirects end'],
  'follows anywhere': ['redirects to strange targets are refused'],
  'throws on 4xx': ['every status is returned'],
  'answers with a half Response': ['the answer is a standard Response'],
  'leaves content encoded': ['content is decoded'],
  'shows the URL': ['no secret is shown'],
  'keeps no credential in the base': ['redirects within the base keep the credential'],
  'follows only the origin': ['a path never changes the origin'],
  'upper-cases paths': ['method and path arrive'],
  'sends empty bodies': ['bodies of every kind arrive'],
};

describe('a wrong terminal fails, by the cases that are for it', () => {
  for (const [flaw, expected] of Object.entries(FLAWS)) {
    const cases = terminalConformance({
      create: (services) => referenceTerminal(services, flaw as Flaw),
    });
    const names = expected.map((name) => `terminal: ${name}`);
    const concerned = cases.filter(({ name }) => names.includes(name));
    expectFailures(flaw, concerned, names);
  }

  test('every case can fail', () => {
    const covered = new Set(Object.values(FLAWS).flat());
    const names = terminalConformance({ create: referenceTerminal }).map(({ name }) =>
      name.replace('terminal: ', ''),
    );
    expect(names.filter((name) => !covered.has(name))).toEqual([]);
  });
});
