import assert from 'node:assert/strict';
import type { TerminalBench } from './harness.js';
import type { TerminalCase } from './terminal-case.js';

const FIELDS = {
  'X-Mixed-Case': 'a B c',
  'x-latin': 'caf\u00e9',
  'x-empty': '',
  'x-list': ['one', 'two, three'],
  'set-cookie': ['a=1; Path=/', 'b=2, c; HttpOnly'],
  'x-json': '{"a":"b, c"}',
} as const;

const headersOf = async (bench: TerminalBench): Promise<Headers> => {
  bench.server.answer((_request, response) => {
    response.writeHead(
      200,
      Object.entries(FIELDS).flatMap(([name, value]) =>
        [value].flat().flatMap((each) => [name, each]),
      ),
    );
    response.end('{}');
  });
  const { headers } = await bench.terminal.send(bench.call());
  return headers;
};

const CHECKS: Readonly<Record<string, (headers: Headers) => void>> = {
  'are found whatever their case': (headers) => {
    for (const name of ['x-mixed-case', 'X-MIXED-CASE', 'X-Mixed-Case']) {
      assert.equal(headers.get(name), 'a B c');
      assert.equal(headers.has(name), true);
    }
  },
  'are Latin-1': (headers) => assert.equal(headers.get('x-latin'), 'caf\u00e9'),
  'may be empty': (headers) => {
    assert.equal(headers.get('x-empty'), '');
    assert.equal(headers.has('x-empty'), true);
  },
  'are null where there is none': (headers) => {
    for (const name of ['x-none', 'constructor', '__proto__', 'toString']) {
      assert.equal(headers.get(name), null);
      assert.equal(headers.has(name), false);
    }
  },
  'of one name are joined': (headers) => assert.equal(headers.get('x-list'), 'one, two, three'),
  'keep what looks like a list': (headers) => assert.equal(headers.get('x-json'), '{"a":"b, c"}'),
  'keep cookies apart': (headers) => {
    assert.deepEqual(headers.getSetCookie(), ['a=1; Path=/', 'b=2, c; HttpOnly']);
    assert.equal(headers.get('set-cookie'), 'a=1; Path=/, b=2, c; HttpOnly');
    assert.equal([...headers].filter(([name]) => name === 'set-cookie').length, 2);
  },
  'come in order, lower-case': (headers) => {
    const names = [...headers.keys()];
    assert.deepEqual(names, names.toSorted());
    assert.ok(names.includes('x-mixed-case'));
    assert.equal([...headers.values()].length, names.length);
    assert.deepEqual([...headers.entries()], [...headers]);
  },
  'can be gone through': (headers) => {
    const seen: string[] = [];
    headers.forEach((value, name, parent) => {
      seen.push(`${name}: ${value}`);
      assert.equal(parent, headers);
    });
    assert.ok(seen.includes('x-list: one, two, three'));
  },
  'can be copied': (headers) => {
    const copy = new Headers(headers);
    copy.set('x-new', 'a');
    assert.equal(copy.get('x-latin'), 'caf\u00e9');
    assert.deepEqual(copy.getSetCookie(), headers.getSetCookie());
    assert.equal(headers.has('x-new'), false);
    assert.equal(
      new Request('http://x.example', { headers }).headers.get('x-json'),
      '{"a":"b, c"}',
    );
  },
  'can not be changed': (headers) => {
    assert.throws(() => headers.set('x-new', 'a'), TypeError);
    assert.throws(() => headers.append('x-new', 'a'), TypeError);
    assert.throws(() => headers.delete('x-latin'), TypeError);
    assert.equal(headers.get('x-latin'), 'caf\u00e9');
    assert.equal(headers.has('x-new'), false);
  },
  'refuse names that can not be': (headers) => {
    for (const name of ['', 'a b', 'a:b', 'a\n']) assert.throws(() => headers.get(name), TypeError);
  },
  'pass for Headers': (headers) => {
    assert.ok(headers instanceof Headers);
    assert.equal(Object.prototype.toString.call(headers), '[object Headers]');
  },
};

export const HEADER_CASES: readonly TerminalCase[] = Object.entries(CHECKS).map(
  ([name, check]): TerminalCase => [
    `the headers of an answer ${name}`,
    async (bench) => check(await headersOf(bench)),
  ],
);
