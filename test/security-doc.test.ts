import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const docs = join(import.meta.dirname, '..', 'docs');
const text = readFileSync(join(docs, 'security.md'), 'utf8');

interface Row {
  readonly rfc: string;
  readonly sections: readonly string[];
  readonly requirement: string;
  readonly answer: string;
  readonly shownBy: string;
}

const rows: readonly Row[] = text.split(/^## /m).flatMap((part) =>
  [...part.matchAll(/^\| ([\dB][\d., B]*) +\|(.*)\|(.*)\|(.*)\|$/gm)].map(
    ([, sections = '', requirement = '', answer = '', shownBy = '']) => ({
      rfc: /^RFC (\d+)/.exec(part)?.[1] ?? '',
      sections: sections.trim().split(', '),
      requirement: requirement.trim(),
      answer: answer.trim(),
      shownBy: shownBy.trim(),
    }),
  ),
);

/** The sections that ask something of a client, or that a client backs. */
const SECTIONS: Readonly<Record<string, string>> = {
  9700: '2.1 2.1.1 2.1.2 2.2.1 2.2.2 2.3 2.4 2.5 2.6 4.1.3 4.2.4 4.3.1 4.3.2 4.4.2 4.5 4.6 4.7 4.8 4.9.1 4.10.1 4.10.2 4.11.1 4.12 4.13 4.14 4.14.1 4.14.2 4.15 4.16 4.17',
  8252: '4 6 7.1 7.2 7.3 8.1 8.3 8.4 8.5 8.6 8.7 8.9 8.10 8.11 8.12 B.3',
};

test.for(Object.entries(SECTIONS))('RFC %s: every section has a row', ([rfc, sections]) => {
  const found = rows.filter((row) => row.rfc === rfc).flatMap((row) => row.sections);
  expect([...new Set(found)].toSorted()).toEqual(sections.split(' ').toSorted());
});

const LINK = /\[`(.+?)`\]\(([^)]+)\)/g;

/** What stands as a title in a test's source: the first words of a test, a table of tests or a group. */
const titlesOf = (file: string): ReadonlySet<string> => {
  const source = readFileSync(join(docs, file), 'utf8');
  const literals = source.matchAll(
    /(?:\b(?:it|test|describe)\b[\w.]*|\))\(\s*(?:'((?:[^'\\\n]|\\.)+)'|"((?:[^"\\\n]|\\.)+)"|`([^`$]+)`)\s*,/g,
  );
  return new Set(
    [...literals].map(([, single, double, template]) =>
      (single ?? double ?? template ?? '').replaceAll(/\\(.)/g, '$1'),
    ),
  );
};

describe('each row is shown by tests that exist, or says why none shows it', () => {
  test.for(rows)('$rfc $sections: $requirement', ({ answer, shownBy }) => {
    expect(answer).toMatch(/\.\)?$/);
    if (shownBy.startsWith('none: ')) return;
    const named = [...shownBy.matchAll(LINK)];
    expect(shownBy.replaceAll(LINK, '')).toMatch(/^(?:; )*$/);
    expect(named).not.toEqual([]);
    for (const [, title = '', file = ''] of named) {
      expect(titlesOf(file), `${file}: ${title}`).toContain(title);
    }
  });
});
