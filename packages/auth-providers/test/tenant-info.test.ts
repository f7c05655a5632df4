import { ConfigError, NetworkError } from '@tributary/pipeline';
import { makeCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { apiToken, cloud, dataCenter, tenantInfo } from '../src/index.js';
import { CLOUD_ID, fakeFetch, makeServices } from './services.js';

const site = cloud('https://example.atlassian.net');
const URL = 'https://example.atlassian.net/_edge/tenant_info';
const ok = () => Response.json({ cloudId: CLOUD_ID });

describe('tenantInfo', () => {
  test('asks once for many callers, then answers at once', async () => {
    const fetch = fakeFetch({ [URL]: ok });
    const info = tenantInfo({ fetch });
    const found = await Promise.all(Array.from({ length: 20 }, () => info.cloudId(site)));
    expect(new Set(found)).toEqual(new Set([CLOUD_ID]));
    expect(info.cloudId({ ...site })).toBe(CLOUD_ID);
    expect(tenantInfo({ fetch }).cloudId(site)).toBe(CLOUD_ID);
    expect(fetch.asked).toEqual([URL]);
  });

  test('asks nobody when the site says it', () => {
    const info = tenantInfo({ fetch: fakeFetch({}) });
    expect(info.cloudId({ ...site, cloudId: CLOUD_ID })).toBe(CLOUD_ID);
    expect(() => info.cloudId({ ...site, cloudId: '..' })).toThrow(ConfigError);
  });

  test('does not cache a failure', async () => {
    const answers = [() => new Response('', { status: 503 }), ok];
    const info = tenantInfo({ fetch: fakeFetch({ [URL]: () => answers.shift()?.() ?? ok() }) });
    const error = await Promise.resolve(info.cloudId(site)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: true, sent: 'no' });
    expect(await info.cloudId(site)).toBe(CLOUD_ID);
  });

  test.each([
    ['no such site', () => new Response('', { status: 404 })],
    ['a cloudId that is no UUID', () => Response.json({ cloudId: '../../evil' })],
    ['no object', () => Response.json(null)],
    ['no JSON', () => new Response('<html>')],
  ])('refuses %s', async (_, answer) => {
    const info = tenantInfo({ fetch: fakeFetch({ [URL]: answer }) });
    await expect(info.cloudId(site)).rejects.toMatchObject({ field: 'site', retryable: false });
  });

  test('is for Cloud only', () => {
    const info = tenantInfo({ fetch: fakeFetch({}) });
    expect(() => info.cloudId(dataCenter('https://host.example'))).toThrow(ConfigError);
  });

  test('a caller that gives up waits no longer, and the others get their answer', async () => {
    let answer: (response: Response) => void = () => {};
    const fetch = fakeFetch({
      [URL]: () => new Promise<Response>((resolve) => (answer = resolve)),
    });
    const services = makeServices({ fetch });
    const provider = apiToken({ email: 'a@b.c', token: 't', scoped: true })(services);
    const controller = new AbortController();
    const reason = new Error('gave up');
    const impatient = provider.endpoint(makeCall({ site, signal: controller.signal }));
    const late = provider.endpoint(makeCall({ site, deadline: services.clock.monotonic() + 500 }));
    const patient = provider.endpoint(makeCall({ site }));
    const outcomes = Promise.allSettled([impatient, late]);
    controller.abort(reason);
    await services.clock.advance(500);
    expect(await outcomes).toMatchObject([{ reason }, { reason: { code: 'TIMEOUT' } }]);
    answer(ok());
    expect(await patient).toBe(`https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`);
    expect(fetch.asked).toHaveLength(1);
  });
});
