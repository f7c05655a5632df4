import { describe, test } from 'vitest';
import { terminalConformance } from '../src/index.js';
import { expectFailures } from './expect-failures.js';
import { type Flaw, referenceTerminal } from './reference-terminal.js';

describe('what is right passes', () => {
  const cases = terminalConformance({ create: (services) => referenceTerminal(services) });
  for (const { name, run } of cases) test(name, run);
});

const FLAWS: Readonly<Record<Flaw, readonly string[]>> = {
  'skips openCall': [],
  'skips the credential check': [],
  'forgets headers': [],
  'sends forms as text': [],
  'drains once': [],
  "prefers the caller's Authorization": [],
  "drops the caller's Authorization": [],
  'ignores the signal': [],
  'forgets the signal for bodies': [],
  'leaves its listener': [],
  'ignores the deadline': [],
  'aborts the body by the deadline': [],
  'calls everything sent': [],
  'calls nothing sent': [],
  'lets fetch redirect': [],
  'carries credentials everywhere': [],
  'carries headers everywhere': [],
  'carries bodies everywhere': [],
  'follows for ever': [],
  'follows anywhere': [],
  'throws on 4xx': [],
  'answers with a half Response': [],
  'leaves content encoded': [],
  'shows the URL': [],
};

describe('a wrong terminal fails, and by the right case', () => {
  for (const [flaw, expected] of Object.entries(FLAWS)) {
    const create = (services: Parameters<typeof referenceTerminal>[0]) =>
      referenceTerminal(services, flaw as Flaw);
    expectFailures(
      flaw,
      terminalConformance({ create }),
      expected.map((name) => `terminal: ${name}`),
    );
  }
});
