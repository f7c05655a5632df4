import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeForm } from '../../src/undici/encode-form.js';
import { undiciTerminal } from '../../src/undici/index.js';
import { callTo, failure } from '../support/calls.js';
import { serve } from '../support/serve.js';

describe('a form', () => {
  test('reads as it was written, whatever is in it', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const entry = fc.oneof(
      fc.tuple(text, text),
      // Node leaves out an empty file name, where the standard has it.
      fc.tuple(
        text,
        fc.uint8Array({ maxLength: 30 }),
        text.map((each) => `a${each}`),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
        const form = new FormData();
        for (const [name, value, file] of entries) {
          if (typeof value === 'string') form.append(name, value);
          else form.append(name, new File([new Uint8Array(value)], file ?? ''));
        }
        const { blob, contentType } = encodeForm(form);
        const own = await blob.text();
        const [, boundary = ''] = contentType.split('boundary=');
        const standard = new Response(form);
        const [, other = ''] = (standard.headers.get('content-type') ?? '').split('boundary=');
        // Node 22 ends a form without the line's end.
        const parts = (content: string, by: string) =>
          content.replace(/--(?:\r\n)?$/, '--').split(`--${by}`);
        expect(parts(own, boundary).length).toBe(entries.length + 2);
        expect(parts(own, boundary)).toEqual(parts(await standard.text(), other));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a stream', () => {
  test('is cancelled when its call is aborted, although its source has stalled', async () => {
    await using server = await serve(() => {});
    let pulls = 0;
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let cancel = (_reason: unknown) => {};
    const cancelled = new Promise<unknown>((resolve) => {
      cancel = resolve;
    });
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulls += 1;
        if (pulls === 1) {
          controller.enqueue(new Uint8Array(10));
          return undefined;
        }
        begin();
        return new Promise(() => {});
      },
      cancel: (reason) => cancel(reason),
    });
    const terminal = undiciTerminal();
    const abort = new AbortController();
    const { signal } = abort;
    const sending = failure(
      terminal.send(callTo(`${server.origin}/`, { method: 'POST', body, signal })),
    );
    await begun;
    const reason = new Error('given up');
    abort.abort(reason);
    expect(await sending).toBe(reason);
    expect(await cancelled).toBe(reason);
    await terminal.dispose?.();
  });
});
