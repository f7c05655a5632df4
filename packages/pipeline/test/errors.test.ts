import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  AuthorizationServerError,
  addPast,
  BodyNotReplayableError,
  ChainError,
  ConfigError,
  ConsentError,
  type ConsentRequest,
  ERROR_CODES,
  hideField,
  NeedsAuthenticationError,
  NetworkError,
  OutOfBaseError,
  PrincipalError,
  RateLimitedError,
  RedirectError,
  RequestError,
  TimeoutError,
  TributaryError,
} from '../src/index.js';

const wire = { attempts: 2, template: '/wiki/{}' };

const ALL: readonly (readonly [TributaryError, string, string, boolean, string])[] = [
  [new ConfigError('site', 'is missing'), 'ConfigError', 'CONFIG_INVALID', false, 'no'],
  [new ChainError('empty'), 'ChainError', 'CHAIN_INVALID', false, 'no'],
  [new RequestError('method', 'is wrong'), 'RequestError', 'REQUEST_INVALID', false, 'no'],
  [new OutOfBaseError('leaves'), 'OutOfBaseError', 'OUT_OF_BASE', false, 'no'],
  [new PrincipalError('nobody'), 'PrincipalError', 'PRINCIPAL_UNAVAILABLE', false, 'no'],
  [new NetworkError('lost', wire), 'NetworkError', 'NETWORK_FAILED', true, 'unknown'],
  [new TimeoutError('late', wire), 'TimeoutError', 'TIMEOUT', true, 'unknown'],
  [
    new RateLimitedError('wait', { ...wire, retryAfterMs: 5 }),
    'RateLimitedError',
    'RATE_LIMITED',
    true,
    'yes',
  ],
  [new RedirectError('away', wire), 'RedirectError', 'REDIRECT_REFUSED', false, 'yes'],
  [
    new BodyNotReplayableError('again', wire),
    'BodyNotReplayableError',
    'BODY_NOT_REPLAYABLE',
    true,
    'yes',
  ],
  [
    new AuthorizationServerError('refused'),
    'AuthorizationServerError',
    'AUTHORIZATION_SERVER',
    false,
    'unknown',
  ],
  [new ConsentError('CONSENT_DENIED', 'no'), 'ConsentError', 'CONSENT_DENIED', false, 'no'],
  [
    new NeedsAuthenticationError(),
    'NEEDS_AUTHENTICATION_ERR',
    'NEEDS_AUTHENTICATION_ERR',
    false,
    'yes',
  ],
];

test.each(ALL)('%s', (error, name, code, retryable, sent) => {
  expect(error).toBeInstanceOf(TributaryError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, code, retryable, sent });
  expect(Object.keys(ERROR_CODES)).toContain(error.code);
});

test('field, template, attempts and waiting time are there to read', () => {
  expect(new RequestError('headers.host', 'is refused', '/x/{}')).toMatchObject({
    field: 'headers.host',
    message: 'headers.host: is refused',
    template: '/x/{}',
  });
  expect(new NetworkError('lost', wire)).toMatchObject(wire);
  expect(new RateLimitedError('wait', { ...wire, retryAfterMs: 5 }).toJSON()).toMatchObject({
    retryAfterMs: 5,
  });
  const options = { ...wire, retryAfterMs: 5, reason: 'burst', resetAt: 7 } as const;
  expect(new RateLimitedError('wait', options).toJSON()).toMatchObject({
    reason: 'burst',
    resetAt: 7,
  });
});

describe('addPast', () => {
  test('says the most that is known of all attempts, and never less', () => {
    const error = new NetworkError('down', { ...wire, sent: 'no' });
    addPast(error, { sent: 'unknown', waitedMs: 20 });
    expect(error).toMatchObject({ sent: 'unknown', waitedMs: 20 });
    addPast(error, { sent: 'no', waitedMs: 10 });
    addPast(error, {});
    expect(error.toJSON()).toMatchObject({ sent: 'unknown', waitedMs: 20 });
    addPast(error, { sent: 'yes' });
    expect(error.sent).toBe('yes');
  });

  test('leaves alone what is not ours or frozen', () => {
    const other = new Error('x');
    addPast(other, { sent: 'yes', waitedMs: 1 });
    expect(Object.keys(other)).toEqual([]);
    const frozen = Object.freeze(new NetworkError('down', { ...wire, sent: 'no' }));
    addPast(frozen, { sent: 'yes' });
    expect(frozen.sent).toBe('no');
  });
});

describe('NeedsAuthenticationError', () => {
  const request = {
    site: { deployment: 'cloud', url: 'https://a.example/' },
    scopes: ['read:page:confluence'],
    flow: { redirectUri: 'http://localhost/canary' },
  } as unknown as ConsentRequest;

  test("has Forge's name, status and serviceKey", () => {
    expect(new NeedsAuthenticationError({ serviceKey: 'key' })).toMatchObject({
      name: 'NEEDS_AUTHENTICATION_ERR',
      status: 401,
      serviceKey: 'key',
      message: 'Authentication Required',
    });
  });

  test('learns once what to ask for, and shows only the scopes', () => {
    const error = new NeedsAuthenticationError();
    expect([error.request, error.scopes]).toEqual([undefined, []]);
    error.learn(request);
    error.learn({ ...request, scopes: ['other'] });
    expect(error.request).toBe(request);
    expect(error.scopes).toEqual(['read:page:confluence']);
    expect(Object.keys(error)).not.toContain('request');
    const shown = `${inspect(error)}${JSON.stringify(error)}`;
    expect(shown).toContain('read:page:confluence');
    expect(shown).not.toContain('canary');
  });
});

/** As consoles, loggers and error trackers show it. */
const shownOf = (error: Error): string =>
  [
    inspect(error),
    inspect({ error }, { depth: 9 }),
    inspect(error, { showHidden: true, depth: 9 }),
    JSON.stringify(error),
    String(error),
    error.stack,
    error.message,
  ].join('\n');

describe('what is shown of a cause', () => {
  const withCause = (cause: unknown) =>
    new NetworkError('The connection failed.', { ...wire, cause });

  test.each<[string, unknown]>([
    [
      'fields with a request',
      Object.assign(new Error('x'), { config: { headers: { authorization: 'canary' } } }),
    ],
    [
      'a message that quotes a header',
      new TypeError('Headers.append: "Bearer canary" is an invalid header value.'),
    ],
    [
      'a message that quotes a URL',
      Object.assign(new TypeError('Invalid URL'), {
        code: 'ERR_INVALID_URL',
        input: 'https://a/?token=canary',
      }),
    ],
    ['a cause of the cause', new Error('x', { cause: new Error('token canary') })],
    ['no error', { authorization: 'canary' }],
    ['a string', 'canary'],
    ['a bag of errors', new AggregateError([new Error('canary')], 'canary')],
  ])('not %s', (_what, cause) => {
    const error = withCause(cause);
    expect(shownOf(error)).not.toContain('canary');
    expect(error.cause).toBe(cause);
  });

  test('the name and code of any, the message of a connection failure or of our own', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), {
      code: 'ECONNREFUSED',
    });
    const fetchFailed = new TypeError('fetch failed', { cause: refused });
    expect(withCause(fetchFailed).toJSON().cause).toBe(
      'TypeError; Error [ECONNREFUSED]: connect ECONNREFUSED 127.0.0.1:1',
    );
    expect(withCause(new ConfigError('site', 'is missing')).toJSON().cause).toBe(
      'ConfigError [CONFIG_INVALID]: site: is missing',
    );
    const untrusted = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(withCause(untrusted).toJSON().cause).toContain('self-signed certificate');
    expect(inspect(withCause(fetchFailed))).toContain('caused by: TypeError; Error [ECONNREFUSED]');
  });

  test('a circle of causes ends', () => {
    const cause = new Error('x');
    cause.cause = cause;
    expect(withCause(cause).toJSON().cause).toContain('Error');
  });
});

test('hidden fields are shown nowhere, and there to read', () => {
  const error = new TributaryError('x', { code: 'X' });
  hideField(error, 'response', new Response('canary', { headers: { 'x-canary': 'canary' } }));
  expect([inspect(error), JSON.stringify(error), Object.keys(error).join()].join()).not.toContain(
    'canary',
  );
  expect((error as unknown as { response: Response }).response).toBeInstanceOf(Response);
});

test("a server's control characters are escaped in message, stack and everywhere", () => {
  const error = new AuthorizationServerError('said \u001b[31m\nError: forged', {
    error: 'bad\u202etxt',
  });
  expect(shownOf(error)).not.toContain('\u001b');
  expect(shownOf(error)).not.toContain('\u202e');
  expect(error.message).toBe('said \\u{1b}[31m\\u{a}Error: forged');
  expect(error.error).toBe('bad\\u{202e}txt');
});

describe('inspect', () => {
  test('shows name, message, where from, and the facts', () => {
    const text = inspect(new TimeoutError('The deadline passed.', wire));
    expect(text).toMatch(/^TimeoutError: The deadline passed\.\n {4}at /);
    expect(text).toContain("code: 'TIMEOUT'");
    expect(text).toContain("template: '/wiki/{}'");
    expect(text).not.toContain('undefined');
  });

  test('also without a stack', () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      expect(inspect(new ChainError('empty'))).toMatch(/^ChainError: empty {/);
    } finally {
      Error.stackTraceLimit = limit;
    }
  });
});

test('JSON holds what a log needs', () => {
  expect(JSON.parse(JSON.stringify(new NetworkError('lost', wire)))).toEqual({
    name: 'NetworkError',
    code: 'NETWORK_FAILED',
    message: 'lost',
    retryable: true,
    sent: 'unknown',
    attempts: 2,
    template: '/wiki/{}',
  });
});
