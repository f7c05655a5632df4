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

const stringOf = (value: unknown): string => {
  try {
    return String(value);
  } catch {
    // An object without prototype has no such text.
    return '';
  }
};

type Text = string | Uint8Array;

function* textsOf(value: unknown): Generator<readonly [string, Text]> {
  const all = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null };
  yield ['String', stringOf(value)];
  yield ['JSON', jsonOf(value)];
  yield ['inspect', inspect(value, { ...all, showHidden: true, getters: true })];
  yield ['inspect as it is', inspect(value, { ...all, showHidden: true, customInspect: false })];
  yield ['a copy', bytesOf(value)];
}

type Place = readonly [where: string, bytes: Uint8Array];

const BATCH_BYTES = 1_000_000;

/** Each text once, many together: what is looked for is worked out anew for every search. */
function* batches(texts: readonly (readonly [string, Text])[]): Generator<readonly Place[]> {
  const seen = new Set<string>();
  let batch: Place[] = [];
  let size = 0;
  for (const [where, text] of texts) {
    const bytes = Buffer.from(text as string);
    const key = bytes.toString('latin1');
    if (seen.has(key)) continue;
    seen.add(key);
    batch.push([where, bytes]);
    size += bytes.byteLength;
    if (size < BATCH_BYTES) continue;
    yield batch;
    batch = [];
    size = 0;
  }
  yield batch;
}

const BETWEEN = Buffer.from('\n\0\n');

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
      [...batches(texts)].flatMap((batch) => {
        const all = Buffer.concat(batch.flatMap(([, bytes]) => [bytes, BETWEEN]));
        if (findSecrets(all, canaries).length === 0) return [];
        return batch.flatMap(([where, bytes]) =>
          findSecrets(bytes, canaries).map(
            ({ name, encoding }) => `${name}, ${encoding}: ${where}`,
          ),
        );
      }),
  };
};

export type Shown = ReturnType<typeof collectShown>;
