import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scopeWords } from '../../src/scope-words.js';
import { askPage } from '../../src/web/html/ask-page.js';
import { badCallbackPage, deniedPage } from '../../src/web/html/outcome-pages.js';
import { type Page, pageResponse } from '../../src/web/html/page.js';
import { STYLE } from '../../src/web/html/style.js';
import type { PendingConsent } from '../../src/web/pending-consent.js';

interface Texts {
  readonly appName: string;
  readonly scope: string;
  readonly other: string;
  readonly message: string;
  readonly back: string;
}

const consentFor = (
  scopes: readonly string[],
  newScopes: readonly string[] = [],
): PendingConsent => ({
  id: 'x'.repeat(24),
  user: { id: 'ada' },
  site: { deployment: 'cloud', url: 'https://halden.atlassian.net/' },
  scopes,
  newScopes,
  rounds: { run: 1, added: [] },
  trigger: { kind: 'page', target: '/' },
  askedUntil: 0,
  expiresAt: 0,
});

const pageFor = ({ appName, scope, other, message, back }: Texts): Page =>
  askPage({
    appName,
    consent: consentFor([scope, other], [other]),
    action: `/consent/ask/${back}`,
    token: 'token',
    back,
    failure: { name: 'failed', message },
    formAction: "'self'",
  });

const htmlOf = (appName: string, page: Page): Promise<string> => pageResponse(appName, page).text();

/** fast-check's own `binary` takes seconds to set up. */
const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/** What could begin or end an element, an attribute or an entity of one's own. */
const structure = (html: string) => ({
  opened: html.split('<').length,
  closed: html.split('>').length,
  quotes: html.split('"').length,
  entities: html.match(/&(?!(?:amp|lt|gt|quot|#39);)/g),
});

describe('text on a page', () => {
  it('never becomes markup, whoever it is from', async () => {
    const text = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 30 }),
      fc.constantFrom(
        '<script>',
        '"><img src=x onerror=alert(1)>',
        "' onclick='",
        '</main>',
        '&lt;',
        '\u202egnp',
      ),
    );
    const plain = { appName: 'a', scope: 'b', other: 'c', message: 'd', back: '/e' };
    const expected = JSON.stringify(structure(await htmlOf(plain.appName, pageFor(plain))));
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        text,
        text,
        text,
        async (appName, scope, other, message, back) => {
          fc.pre(
            scope !== other && scopeWords(scope) === undefined && scopeWords(other) === undefined,
          );
          const html = await htmlOf(appName, pageFor({ appName, scope, other, message, back }));
          return (
            JSON.stringify(structure(html)) === expected &&
            !/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u.test(html)
          );
        },
      ),
      { numRuns: 100 },
    );
    const way = { href: '"><script>', words: '<b>' };
    for (const page of [deniedPage('<i>', 'page', way), badCallbackPage('<script>', way)]) {
      expect(await htmlOf('<i>', page)).not.toMatch(/<(?:script|i|b)>/);
    }
  });
});

describe('the page that asks', () => {
  it('says what a scope means, what is new, and shows what it does not know', async () => {
    const consent = consentFor(
      ['read:page:confluence', 'write:comment:confluence', 'read:unicorn:confluence'],
      ['write:comment:confluence'],
    );
    const page = askPage({
      appName: 'Stale pages',
      consent,
      action: '/consent/ask/x',
      token: 't',
      back: undefined,
      failure: undefined,
      formAction: "'self'",
    });
    const html = await htmlOf('Stale pages', page);
    expect(html).toContain('<li>read pages and blog posts <code>read:page:confluence</code></li>');
    expect(html).toContain(
      '<li><span class="new">New:</span> create and change comments <code>write:comment:confluence</code></li>',
    );
    expect(html).toContain('<li><code>read:unicorn:confluence</code></li>');
    expect(html).toContain('<strong>halden.atlassian.net</strong>');
    expect(html).not.toContain('name="return"');
  });

  it('has a language, a title, one heading of the first level, landmarks and real buttons', async () => {
    const html = await htmlOf(
      'Stale pages',
      pageFor({ appName: 'A', scope: 'b', other: 'c', message: 'd', back: '/' }),
    );
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain('<title>Not granted. Allow A to act for you? - Stale pages</title>');
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<(?:header|main)>/g)).toEqual(['<header>', '<main>']);
    expect(html.match(/<button[^>]*>[^<]+<\/button>/g)).toEqual([
      '<button class="first" name="answer" value="allow">Allow access</button>',
      '<button name="answer" value="not-now">Not now</button>',
    ]);
    expect(html).toContain('name="viewport" content="width=device-width, initial-scale=1"');
    expect(html).not.toMatch(/tabindex|autofocus|<script/);
  });
});

describe('colours', () => {
  const schemes = STYLE.split('@media (prefers-color-scheme:dark)').map(
    (part) =>
      Object.fromEntries(
        [...(part.split('}')[0] ?? '').matchAll(/--([\w-]+):(#[0-9a-f]{3,6})/g)].map(
          ([, name, value]) => [name, value],
        ),
      ) as Record<string, string>,
  );

  it.each([
    ['light', schemes[0]],
    ['dark', { ...schemes[0], ...schemes[1] }],
  ])('of the %s scheme have the contrast that WCAG 2.2 asks for (AA)', (_, colours = {}) => {
    const contrast = (one: string, two: string) => ratio(colours[one] ?? '', colours[two] ?? '');
    for (const [front, back] of [
      ['text', 'back'],
      ['text', 'note'],
      ['text', 'warn'],
      ['quiet', 'back'],
      ['accent', 'back'],
      ['on-accent', 'accent'],
    ] as const) {
      expect(contrast(front, back), `${front} on ${back}`).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast('line', 'back')).toBeGreaterThanOrEqual(3);
  });
});

/** WCAG 2.2, "contrast ratio". */
const ratio = (one: string, two: string): number => {
  const [light = 0, dark = 0] = [luminance(one), luminance(two)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};

const luminance = (colour: string): number => {
  const hex = colour.slice(1).replace(/^(.)(.)(.)$/, '$1$1$2$2$3$3');
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** Every scope that a table of ours names. */
const knownScopes = (): readonly string[] => {
  const tables = [
    '../../../auth-providers/src/explain/v1-scopes.ts',
    '../../../auth-providers/src/explain/v2-scopes.ts',
    '../../../sandbox/src/oauth/scopes.ts',
    '../../../api/src/from-env.ts',
  ];
  const scope =
    /\b(?:read|readonly|write|delete|search|manage):[a-z][\w.:-]*[a-z]|\boffline_access\b/g;
  const text = tables
    .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'))
    .join('\n');
  return [...new Set(text.match(scope)), 'READ', 'WRITE', 'ADMIN', 'SYSTEM_ADMIN'].sort();
};

describe('words', () => {
  it('are there for every scope of the tables', () => {
    const scopes = knownScopes();
    expect(scopes.length).toBeGreaterThan(55);
    expect(scopes.filter((scope) => scopeWords(scope) === undefined)).toEqual([]);
  });
});
