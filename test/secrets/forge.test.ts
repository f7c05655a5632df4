import { createTributary } from '@tributary/api';
import { memoryStorage } from '@tributary/auth-providers';
import {
  allowLoopback,
  type ForgeRemote,
  forgeRemote,
  forgeRemoteMiddleware,
  offlineUser,
} from '@tributary/auth-providers/forge-remote';
import { runInInvocation } from '@tributary/pipeline/invocation';
import { expect, test } from 'vitest';
import { type Forge, openForge } from './forge.js';
import { attempt, callEach, READ, showProviders, withoutBudget } from './scenario.js';
import { collectShown, type Shown } from './shown.js';
import { openStage } from './stage.js';

const ABSENT = '557058:99999999-8954-42b0-aa38-771a10c88656';

const storage = memoryStorage();

const mutation = (fields: object): Response =>
  Response.json({ data: { offlineUserAuthToken: fields } });

const refuseEach = async (shown: Shown, remote: ForgeRemote, forge: Forge, user: string) => {
  const { signed, claims, request } = forge;
  const good = signed(claims(false));
  const refused: readonly (readonly [string, { headers: Headers }])[] = [
    ['without a token', { headers: new Headers() }],
    ['with another signature', request(`${good.slice(0, -8)}AAAAAAAA`)],
    ['without its signature', request(good.slice(0, good.lastIndexOf('.')))],
    ['twice', { headers: new Headers([...request(good).headers, ...request(good).headers]) }],
    ['as Basic', { headers: new Headers({ authorization: `Basic ${good}` }) }],
    ['that has ended', request(signed({ ...claims(false), exp: 1 }))],
    ['for another app', request(signed({ ...claims(false), aud: 'canary-of-an-audience' }))],
    ['from somebody', request(signed({ ...claims(false), iss: 'canary-of-an-issuer' }))],
    ['with two users', request(good, { 'x-forge-oauth-user': `${user}, ${user}` })],
  ];
  for (const [what, { headers }] of refused) {
    await attempt(shown, `an invocation ${what}`, () => remote.verifyInvocation({ headers }));
    const rawHeaders = [...headers].flat();
    const response = {
      writeHead: (...words: unknown[]) => shown.value(`the head to an invocation ${what}`, words),
      end: (body: string) => shown.text(`the answer to an invocation ${what}`, body),
    };
    await forgeRemoteMiddleware(remote)({ rawHeaders } as never, response as never, () => {});
  }
};

/** Each way that the gateway can refuse, most of them with the token in its words. */
const refusals: readonly (readonly [string, (sent: string) => Response])[] = [
  ['in words', (sent) => mutation({ success: false, errors: [{ message: `no: ${sent}` }] })],
  ['in long words', (sent) => mutation({ errors: [{ message: `${'x'.repeat(280)}${sent}` }] })],
  ['in the words of GraphQL', (sent) => Response.json({ errors: [{ message: sent }] })],
  ['by 401', (sent) => Response.json({ message: sent }, { status: 401 })],
  ['by 503', (sent) => new Response(`<html>${sent}`, { status: 503 })],
  [
    'with a token that is none',
    (sent) => mutation({ success: true, authToken: { token: `${sent} and more`, ttl: 60 } }),
  ],
];

test('a token of a Forge Remote that shows is found: this test can fail', async () => {
  const shown = collectShown();
  await using stage = await openStage(shown);
  await using forge = await openForge(stage, shown);
  const token = forge.signed(forge.claims(false));
  const system = await forge.issue('system token');
  // Without prototype, as an invocation is.
  shown.value('an invocation', Object.assign(Object.create(null), { remote: { token } }));
  shown.text('an answer', JSON.stringify({ code: token }));
  shown.value('a refusal', new Error('no', { cause: new Error(`Bearer ${system}`) }));
  stage.logs.warn('A request was refused.', { token });
  shown.value('the log', stage.logs.entries);
  const leaks = shown.leaks().join('\n');
  for (const where of [
    'inspect of an invocation',
    'an answer',
    'cause 1 of a refusal',
    'the log',
  ]) {
    expect(leaks).toContain(where);
  }
});

test('the tokens of a Forge Remote show nowhere', async () => {
  const shown = collectShown();
  await using stage = await openStage(shown);
  await using forge = await openForge(stage, shown);
  const { appIds, jwksUrl, graphqlUrl, request, signed, claims } = forge;
  const [system, user, offline] = (await Promise.all(
    ['system token', 'user token', 'offline token'].map(forge.issue),
  )) as [string, string, string];
  const remote = forgeRemote({ appIds, jwksUrl, [allowLoopback]: true });
  await using tributary = createTributary({
    app: remote.app,
    user: offlineUser(remote, { graphqlUrl }),
    plugins: [stage.logging, showProviders(shown), withoutBudget],
  });
  const oauth = { 'x-forge-oauth-system': system, 'x-forge-oauth-user': user };

  forge.answerKeys(503);
  await attempt(shown, 'an invocation without keys', () =>
    remote.verifyInvocation(request(signed(claims(false)), oauth)),
  );
  forge.answerKeys(200);
  await refuseEach(shown, remote, forge, user);

  const visit = await remote.verifyInvocation(request(signed(claims(false)), oauth));
  shown.value('an invocation', visit);
  await runInInvocation(visit, async () => {
    await callEach(stage, shown, 'a Forge app', tributary, 'app');
    await callEach(stage, shown, 'a Forge user', tributary, 'user');
  });
  const withoutTokens = await remote.verifyInvocation(request(signed(claims(false))));
  await runInInvocation(withoutTokens, async () => {
    await attempt(shown, 'no system token', () => tributary.asApp().requestConfluence(READ));
    await attempt(shown, 'no user token', () => tributary.asUser().requestConfluence(READ));
  });

  const trigger = await remote.verifyInvocation(
    request(signed(claims(true)), { 'x-forge-oauth-system': system }),
  );
  shown.value('a trigger', trigger);
  const asAbsent = () => tributary.asUser(ABSENT).requestConfluence(READ);
  await runInInvocation(trigger, async () => {
    for (const [how, answer] of refusals) {
      forge.answerGraphql((sent) => answer(sent.replace('Bearer ', '')));
      await attempt(shown, `an offline user refused ${how}`, asAbsent);
    }
    const authToken = { token: offline, ttl: 3600 };
    forge.answerGraphql(() => mutation({ success: true, authToken }));
    for (const status of [undefined, 401, 403, 500]) {
      if (status !== undefined) stage.sandbox.failNext({ status });
      await attempt(shown, `an offline user, ${status}`, asAbsent);
    }
  });

  const sent = stage.sandbox.requests.map(({ headers }) => headers.authorization);
  for (const token of [system, user, offline]) expect(sent).toContain(`Bearer ${token}`);
  await stage.note(storage);
  shown.value('the remote', remote);
  shown.value('the client', tributary);
  shown.value('the log', stage.logs.entries);
  expect(stage.logs.text()).toContain('refused');
  expect(shown.leaks()).toEqual([]);
});
