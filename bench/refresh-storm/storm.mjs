import { generateEncryptionKey } from '@tributary/auth-providers/sqlite';
import { runWithConsent } from '@tributary/consent';
import { terminalPrompt } from '@tributary/consent/terminal';
import { revealSecret } from '@tributary/pipeline';
import { startSandbox, walkConsent } from '@tributary/sandbox';
import { list, openApp, USER } from './app.mjs';
import { openStore, places } from './stores.mjs';

export const PROCESSES = 4;
export const CALLERS = 250;
/** Short, so that the end of a killed holder's lease can be waited for. */
const LEASE_MS = 4_000;
/** How long the token endpoint takes, so that all processes come while one is there. */
const ANSWER_MS = 1_000;
/** How long it keeps the process waiting that is to be killed. */
const HELD_MS = 10_000;

/**
 * One expired grant, and every caller of every process at once.
 *
 * - `expired`: the grant says so itself; the refresh comes before the calls.
 * - `unannounced`: the access token looks good and is not, so that each caller meets a 401 first.
 * - `killed`: expired, and the process that refreshes is killed while the token endpoint holds its answer
 *   back: the token is spent, and its successor unknown to anybody.
 */
export const storm = async (pool, store, scenario) => {
  const isKilled = scenario === 'killed';
  await using sandbox = await startSandbox({
    // Without a kill nobody has a reason to spend a token twice: the family ends when somebody does.
    refreshReuseInterval: isKilled ? 600 : 0,
  });
  const { options, clear } = places[store]();
  const app = {
    // With its id, so that nothing is asked for but tokens.
    site: { url: sandbox.siteUrl, gateway: sandbox.gatewayUrl, cloudId: sandbox.cloudId },
    client: { ...clientOf(sandbox), authorizationServer: sandbox.authUrl },
    store: {
      name: store,
      key: generateEncryptionKey(),
      options: isKilled ? { ...options, leaseMs: LEASE_MS } : options,
    },
  };
  try {
    await grant(app);
    sandbox.expireAccessTokens();
    if (scenario !== 'unannounced') await expire(app);
    hold(sandbox, isKilled ? HELD_MS : ANSWER_MS);
    const figures = await run(pool, app, sandbox, isKilled);
    const { refreshes } = sandbox;
    return {
      store,
      scenario,
      ...figures,
      refreshes,
      isFamilyAlive: await isFamilyAlive(app, sandbox),
    };
  } finally {
    clear();
  }
};

const hold = (sandbox, delayMs) =>
  sandbox.failNext({ listener: 'auth', pathIncludes: '/oauth/token', delayMs });

const clientOf = ({ client: { clientId, clientSecret, redirectUris } }) => ({
  ...{ clientId, clientSecret },
  redirectUri: redirectUris[0],
});

/** A first process, with the person at it. */
const grant = async (app) => {
  await using tributary = await openApp(app);
  const prompt = terminalPrompt({
    open: walkConsent({ as: 'editor' }),
    output: { write: () => {} },
  });
  await runWithConsent(() => list(tributary), { prompt, user: USER });
};

const withGrant = async ({ store }, work) => {
  const { grants, dispose } = await openStore(store);
  try {
    for await (const key of grants.list({})) return await work(grants, key);
    throw new Error('nothing was granted');
  } finally {
    await dispose();
  }
};

/** As an hour later. */
const expire = (app) =>
  withGrant(app, (grants, key) =>
    grants.exclusive(key, async (stored) => ({ write: { ...stored, expiresAt: Date.now() - 1 } })),
  );

/** Whether the refresh token that is stored now gets an answer. */
const isFamilyAlive = async (app, { authUrl }) => {
  const { clientId, clientSecret } = app.client;
  const stored = await withGrant(app, (grants, key) => grants.read(key));
  const answer = await fetch(`${authUrl}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: revealSecret(stored.refreshToken),
    }),
  });
  return answer.status === 200;
};

const run = async (pool, app, sandbox, isKilled) => {
  const processes = pool.take(PROCESSES);
  try {
    await Promise.all(processes.map((one) => one.open(app)));
    const refreshing = new Promise((resolve) => {
      for (const one of processes) one.onRefreshing(() => resolve(one));
    });
    const startedAt = Date.now();
    const ended = processes.map((one) => one.call(CALLERS));
    let killedAt;
    if (isKilled) {
      const one = await refreshing;
      while (sandbox.refreshes === 0) await pause(5);
      killedAt = Date.now();
      await one.kill();
    }
    const results = (await Promise.all(ended)).flat();
    return { ...figuresOf(results, startedAt), ...(isKilled && outageOf(results, killedAt)) };
  } finally {
    pool.giveBack(processes);
  }
};

const figuresOf = (results, startedAt) => {
  const outcomes = {};
  for (const { outcome } of results) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return {
    calls: results.length,
    answered: outcomes['200'] ?? 0,
    outcomes,
    ms: Math.max(...results.map(({ endedAt }) => endedAt)) - startedAt,
  };
};

/** How long nobody was served. */
const outageOf = (results, killedAt) => ({
  outageMs: Math.min(...results.map(({ endedAt }) => endedAt)) - killedAt,
  leaseMs: LEASE_MS,
});

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
