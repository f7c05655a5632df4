import tls from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { type SecureServices, secureTerminalConformance } from '../src/index.js';
import { type Flaw, referenceTerminal } from './reference-terminal.js';

// Not by their names, which a module can't import where Node lacks one of them (24.0 to 24.4).
const { getCACertificates, setDefaultCACertificates } = tls;
const trusted = getCACertificates('default');
afterAll(() => setDefaultCACertificates?.(trusted));

/** The built-in fetch trusts whom the process trusts. */
const create =
  (flaw?: Flaw) =>
  ({ ca, ...services }: SecureServices) => {
    setDefaultCACertificates(ca === undefined ? trusted : [...trusted, ca]);
    return referenceTerminal(services, flaw);
  };

/** What fetch can't be told or doesn't say; and over HTTP/2 it takes half a body for a whole one. */
const OUT_OF_REACH = /client certificate|where both|is refused$|^h2: a reset in the body/;

/** The built-in fetch offers HTTP/2 from undici 8 on, which is Node 26's. */
const speaksH2 = Number.parseInt(process.versions.undici ?? '', 10) >= 8;
const isOpen = (name: string): boolean =>
  setDefaultCACertificates !== undefined && (speaksH2 || !name.startsWith('h2: '));

const casesFor = (flaw?: Flaw) =>
  secureTerminalConformance({ create: create(flaw) }).map(({ name, run }) => ({
    name: name.replace('terminal over TLS: ', ''),
    run,
  }));

describe('what is right passes', () => {
  for (const { name, run } of casesFor()) {
    if (!OUT_OF_REACH.test(name)) test.runIf(isOpen(name))(name, run);
  }
});

const FLAWS: Partial<Record<Flaw, readonly string[]>> = {
  'garbles bodies': [
    'a GET is answered',
    'a megabyte goes up and comes down',
    'content is decoded',
    'a redirect is followed',
    'calls at the same time get their own answers',
    'a connection that the server closes is replaced',
  ],
  'gives every answer a body': ['HEAD and 204 have a null body'],
  'sends empty bodies': ['bodies of every kind arrive'],
  'forgets the headers of answers': ['fields of one name stay apart or are joined'],
  'forgets headers': ['credential and Accept arrive'],
  'ignores the signal': ['an abort ends a call that waits'],
  'forgets the signal for bodies': ['an abort ends a body', 'an abort leaves later calls alone'],
  'calls nothing sent': ['a reset before the head is a NetworkError'],
  'forgives broken bodies': ['a reset in the body fails it'],
};

describe('a wrong terminal fails, by the cases that are for it', () => {
  for (const [flaw, expected] of Object.entries(FLAWS)) {
    for (const { name, run } of casesFor(flaw as Flaw)) {
      const isConcerned = expected.some((each) => name.endsWith(`: ${each}`));
      if (isConcerned) {
        test.runIf(isOpen(name)).concurrent(`${flaw}: ${name}`, async () => {
          await expect(run()).rejects.toThrow();
        });
      }
    }
  }
});
