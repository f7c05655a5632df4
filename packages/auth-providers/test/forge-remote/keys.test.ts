import { ChainError } from '@tributary/pipeline';
import { expect, test } from 'vitest';
import { forgeRemote, InvocationKeysError } from '../../src/forge-remote/index.js';
import { makeServices } from '../services.js';
import { APP_ID, openIssuer, openRemote, requestWith, serviceFetch } from './issuer.js';

test('keys are fetched once for any number of invocations', async () => {
  await using issuer = await openIssuer();
  const { verify, claims } = openRemote(issuer);
  await Promise.all(Array.from({ length: 20 }, () => verify(issuer.sign(claims()))));
  await verify(issuer.sign(claims()));
  expect(issuer.asked).toHaveLength(1);
});

test('a new key is taken after one look for it', async () => {
  await using issuer = await openIssuer();
  const { verify, claims, clock } = openRemote(issuer);
  await verify(issuer.sign(claims()));
  issuer.rotate();
  await clock.advance(60_000);
  const next = () => verify(issuer.signWithNext(claims()));
  await Promise.all([next(), next(), next()]);
  await verify(issuer.sign(claims()));
  expect(issuer.asked).toHaveLength(2);
});

test('a key that is withdrawn ends with the next renewal', async () => {
  await using issuer = await openIssuer();
  const { verify, claims, clock } = openRemote(issuer);
  await verify(issuer.sign(claims()));
  issuer.rotate({ keepFirst: false });
  await clock.advance(600_000);
  await expect(verify(issuer.sign(claims()))).rejects.toMatchObject({ reason: 'unknown-key' });
  await verify(issuer.signWithNext(claims()));
});

test('made-up key ids cause one request in 30 s', async () => {
  await using issuer = await openIssuer();
  const { verify, claims, clock } = openRemote(issuer);
  const madeUp = (kid: string) => verify(issuer.sign(claims(), { kid })).catch((error) => error);
  for (let id = 0; id < 10; id += 1) {
    expect(await madeUp(`made-up-${id}`)).toMatchObject({ reason: 'unknown-key' });
  }
  expect(issuer.asked).toHaveLength(1);
  await clock.advance(30_000);
  await Promise.all([madeUp('x'), madeUp('y')]);
  await madeUp('z');
  expect(issuer.asked).toHaveLength(2);
});

test('without a server the known keys go on, and nothing else does', async () => {
  const issuer = await openIssuer();
  const { verify, claims, clock, logger } = openRemote(issuer);
  await verify(issuer.sign(claims()));
  await issuer[Symbol.asyncDispose]();
  await clock.advance(3_600_000);
  await verify(issuer.sign(claims()));
  expect(logger.entries.map(({ level }) => level)).toEqual(['warn']);
  await verify(issuer.sign(claims()));
  expect(logger.entries).toHaveLength(1);
  await clock.advance(30_000);
  const error = await verify(issuer.signWithNext(claims())).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(InvocationKeysError);
  expect(error).toMatchObject({
    code: 'INVOCATION_KEYS_UNAVAILABLE',
    status: 503,
    retryable: true,
  });
});

test.for([
  ['is down', { status: 503, body: 'busy' }],
  ['answers something else', { status: 200, body: '<html>' }],
  ['has no keys', { status: 200, body: '{"keys":[]}' }],
  [
    'has keys of other kinds only',
    {
      status: 200,
      body: JSON.stringify({
        keys: [1, null, { kid: 'a', kty: 'oct', k: 'AAAA' }, { kid: 'b', kty: 'RSA', e: 'AQAB' }],
      }),
    },
  ],
] as const)(
  'a key server that %s is an error of its own, and is asked again',
  async ([, answer]) => {
    await using issuer = await openIssuer();
    const { verify, claims } = openRemote(issuer);
    issuer.answerWith(() => answer);
    await expect(verify(issuer.sign(claims()))).rejects.toBeInstanceOf(InvocationKeysError);
    issuer.answerWith(undefined);
    await verify(issuer.sign(claims()));
  },
);

test('keys come by the fetch of the client that the remote is part of', async () => {
  await using issuer = await openIssuer();
  const remote = forgeRemote({ appIds: [APP_ID], jwksUrl: issuer.jwksUrl });
  const services = makeServices({ fetch: serviceFetch as never });
  const { claims } = openRemote(issuer);
  const request = () => requestWith(issuer.sign(claims()));
  await expect(remote.verifyInvocation(request())).rejects.toBeInstanceOf(ChainError);
  remote.app(services);
  expect((await remote.verifyInvocation(request())).surface).toBe('forge');
});

test.for([
  ['appIds', { appIds: [] }],
  ['appIds', { appIds: ['my-app'] }],
  ['appIds', { appIds: undefined }],
  ['jwksUrl', { jwksUrl: 'http://keys.example/jwks.json' }],
  ['jwksUrl', { jwksUrl: 'keys' }],
  ['environments', { environments: [] }],
  ['environments', { environments: ['production'] }],
  ['clockSkewMs', { clockSkewMs: 10_001 }],
  ['clockSkewMs', { clockSkewMs: -1 }],
  ['clockSkewMs', { clockSkewMs: Number.NaN }],
  ['maxAgeMs', { maxAgeMs: 0 }],
  ['apiBaseHosts', { apiBaseHosts: [] }],
  ['apiBaseHosts', { apiBaseHosts: ['https://api.atlassian.com'] }],
  ['apiBaseHosts', { apiBaseHosts: ['*'] }],
] as const)('%s is checked: %j', ([field, options]) => {
  expect(() => forgeRemote({ appIds: [APP_ID], ...(options as object) })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', field }),
  );
});
