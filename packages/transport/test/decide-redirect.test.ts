import type { CallBody } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { decideRedirect, type Exposure } from '../src/redirect/decide-redirect.js';
import { isPrivateHost } from '../src/redirect/private-host.js';

const BASE = 'https://api.example.com/ex/confluence/1/';

const decide = (
  location: string,
  {
    method = 'GET',
    status = 302,
    base = BASE,
    exposure = 'full',
    body,
  }: {
    method?: string;
    status?: number;
    base?: string;
    exposure?: Exposure;
    body?: CallBody;
  } = {},
) => decideRedirect({ base, url: `${base}page`, method, body, exposure, status, location });

const TARGETS = {
  'under the base': '/ex/confluence/1/other?a=b',
  'out of the base': '/ex/confluence/2/other',
  'another origin': 'https://media.example.net/file?token=t',
} as const;

type Target = keyof typeof TARGETS;

describe('which redirect is followed, how', () => {
  const reads: readonly [Target, Exposure][] = [
    ['under the base', 'full'],
    ['out of the base', 'no-credential'],
    ['another origin', 'bare'],
  ];
  const statuses = [301, 302, 303, 307, 308];

  test.each(
    reads.flatMap(([target, exposure]) =>
      statuses.flatMap((status) =>
        (['GET', 'HEAD'] as const).map((method) => ({ target, exposure, status, method })),
      ),
    ),
  )('$status $method to $target: $exposure', ({ target, exposure, status, method }) => {
    const { hop } = decide(TARGETS[target], { status, method });
    expect(hop).toMatchObject({ method, exposure, body: undefined });
    expect(hop?.url.href).toBe(new URL(TARGETS[target], BASE).href);
  });

  const writes = ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

  test.each(
    writes.flatMap((method) =>
      (Object.keys(TARGETS) as Target[]).map((target) => ({ method, target })),
    ),
  )('$method to $target: 303 becomes a GET, 301 and 302 are refused', ({ method, target }) => {
    const body = 'x';
    expect(decide(TARGETS[target], { status: 303, method, body }).hop).toMatchObject({
      method: 'GET',
      body: undefined,
    });
    for (const status of [301, 302]) {
      expect(decide(TARGETS[target], { status, method, body }).refusal).toContain(method);
    }
  });

  test.each([307, 308])(
    '%i sends a write again under the base only, with a body that can be',
    (status) => {
      const write = { status, method: 'POST' };
      expect(decide(TARGETS['under the base'], { ...write, body: 'x' }).hop).toMatchObject({
        method: 'POST',
        body: 'x',
        exposure: 'full',
      });
      const stream = new Blob(['x']).stream();
      expect(decide(TARGETS['under the base'], { ...write, body: stream }).refusal).toBeDefined();
      expect(decide(TARGETS['out of the base'], { ...write, body: 'x' }).refusal).toBeDefined();
      expect(decide(TARGETS['another origin'], { ...write, body: 'x' }).refusal).toBeDefined();
      expect(
        decide(TARGETS['under the base'], { ...write, exposure: 'bare' }).refusal,
      ).toBeDefined();
    },
  );

  test.each([
    '/ex/confluence/10/x',
    '/ex/confluence/1/../2/x',
    '/ex/confluence/1/%2e%2e/2/x',
    '/ex/confluence/1/..%2f2/x',
    '/ex/confluence/1/a/..%2f..%5c2/x',
    '../2/x',
    '/',
  ])('%s leaves the base: no credential', (location) => {
    expect(decide(location).hop?.exposure).toBe('no-credential');
  });

  test('what was dropped on the way does not come back', () => {
    expect(decide(TARGETS['under the base'], { exposure: 'bare' }).hop?.exposure).toBe('bare');
    expect(decide(TARGETS['out of the base'], { exposure: 'bare' }).hop?.exposure).toBe('bare');
    expect(decide(TARGETS['under the base'], { exposure: 'no-credential' }).hop?.exposure).toBe(
      'no-credential',
    );
  });

  test('a fragment is not sent along', () => {
    expect(decide('/ex/confluence/1/x#y').hop?.url.href).toBe(`${BASE}x`);
  });

  test.each([
    'http://',
    'https://[::1',
    'ftp://media.example.net/x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/plain,x',
    'https://user:pass@media.example.net/',
    'https://user@api.example.com/ex/confluence/1/x',
    'http://media.example.net/',
    'http://api.example.com/ex/confluence/1/x',
    '//127.0.0.1/',
    'https://localhost/',
    'https://a.localhost./',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://[::]/',
    'https://[::1]/',
    'https://[fe80::1]/',
    'https://[fd12:3456::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a9fe:a9fe]/',
    'https://[64:ff9b::10.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://metadata.google.internal/',
    'https://printer.local/',
  ])('%s is refused, and not named', (location) => {
    const { refusal } = decide(location);
    expect(refusal).toBeDefined();
    expect(refusal).not.toMatch(/example\.net|127|169|token|user@/);
  });

  test('a loopback base may be sent over http and to loopback, a private one to private hosts', () => {
    const loopback = 'http://127.0.0.1:8080/';
    expect(decide('http://localhost:9090/x', { base: loopback }).hop?.exposure).toBe('bare');
    expect(decide('http://127.0.0.1:9090/x', { base: loopback }).hop?.exposure).toBe('bare');
    const inside = 'https://10.0.0.5/';
    expect(decide('https://10.0.0.6/x', { base: inside }).hop?.exposure).toBe('bare');
    expect(decide('http://10.0.0.6/x', { base: inside }).refusal).toBeDefined();
  });
});

describe('isPrivateHost', () => {
  test.each([
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '192.0.1.1',
    '11.0.0.1',
    '223.255.255.255',
    '[2606:4700::1111]',
    '[::ffff:808:808]',
    '[64:ff9b::808:808]',
    '[2002:808:808::]',
    'example.com',
    'example.com.',
    'localhost.example.com',
    'internal.example.com',
    'mylocal',
  ])('%s is public', (host) => expect(isPrivateHost(host)).toBe(false));

  test.each([
    '0.0.0.0',
    '100.127.255.255',
    '192.0.0.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[fc00::]',
    '[feb0::1]',
    '[ff02::1]',
    '[2001::1]',
    '[2001:db8::1]',
    '[::7f00:1]',
  ])('%s is not', (host) => expect(isPrivateHost(host)).toBe(true));
});
