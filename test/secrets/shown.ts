import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { findSecrets } from '@tributary/testing';
import { expect } from 'vitest';

/** As a snapshot of a test would hold it. */
const snapshotOf = (value: unknown): string => {
  const probe = {};
  let text = '';
  expect.addSnapshotSerializer({
    test: (candidate) => candidate === probe,
    serialize: (_, config, indentation, depth, refs, print) => {
      text = print(value, config, indentation, depth, refs);
      return 'shown';
    },
  });
  expect(probe).toMatchInlineSnapshot('shown');
  return text;
};

/** What a debugger, an error tracker or a worker would get. */
const bytesOf = (value: unknown): Uint8Array => {
  try {
    return serialize(value);
  } catch {
    // Functions and the like can't be cloned, and so can't leave that way.
    return new Uint8Array();
  }
};

const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
};

type Text = string | Uint8Array;

function* textsOf(value: unknown): Generator<readonly [string, Text]> {
  const all = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null };
  yield ['String', String(value)];
  yield ['JSON', jsonOf(value)];
  yield ['inspect', inspect(value, { ...all, showHidden: true, getters: true })];
  yield ['inspect as it is', inspect(value, { ...all, showHidden: true, customInspect: false })];
  yield ['a copy', bytesOf(value)];
}

/** Collects all that comes to light, and searches it at the end, when all canaries are known. */
export const collectShown = () => {
  const texts: (readonly [where: string, text: Text])[] = [];
  const canaries: Record<string, string> = {};

  const text = (where: string, shown: Text): void => {
    texts.push([where, shown]);
  };

  const value = (where: string, shown: unknown): void => {
    for (const [how, found] of textsOf(shown)) text(`${how} of ${where}`, found);
    text(`the snapshot of ${where}`, snapshotOf(shown));
    let cause = shown;
    for (let depth = 0; cause instanceof Error && depth < 10; depth += 1) {
      text(`the message of cause ${depth} of ${where}`, cause.message);
      text(`the stack of cause ${depth} of ${where}`, cause.stack ?? '');
      cause = cause.cause;
    }
  };

  return {
    canaries,
    text,
    value,
    get count() {
      return texts.length;
    },
    /** Notes a secret of the run; under the same name the first one stays. */
    canary(name: string, secret: string | undefined): void {
      if (secret !== undefined && !Object.values(canaries).includes(secret)) {
        canaries[`${name} ${Object.keys(canaries).length}`] = secret;
      }
    },
    /** Where each canary came to light. */
    leaks: (): readonly string[] =>
      texts.flatMap(([where, shown]) =>
        findSecrets(shown, canaries).map(({ name, encoding }) => `${name}, ${encoding}: ${where}`),
      ),
  };
};

export type Shown = ReturnType<typeof collectShown>;
