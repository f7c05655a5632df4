import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { fakeAtlassian, openOAuth } from './oauth-server.js';

describe('the token endpoint', () => {
  const cases = [
    ['a refused code', 403, { error: 'invalid_grant' }, { code: 'CONSENT_CALLBACK' }],
    [
      'a refused client',
      401,
      { error: 'invalid_client' },
      { code: 'CONFIG_INVALID', field: 'clientSecret' },
    ],
    ['a failure', 500, {}, { code: 'AUTHORIZATION_SERVER', retryable: true }],
    [
      'another refusal',
      400,
      { error: 'invalid_scope' },
      { code: 'AUTHORIZATION_SERVER', retryable: false },
    ],
    ['no token', 200, { token_type: 'bearer' }, { code: 'AUTHORIZATION_SERVER' }],
    [
      'another kind of token',
      200,
      { access_token: 'canary', token_type: 'dpop' },
      { code: 'AUTHORIZATION_SERVER' },
    ],
    [
      'a token that no header can carry',
      200,
      { access_token: 'canary\r\nx: y', token_type: 'bearer' },
      { code: 'AUTHORIZATION_SERVER' },
    ],
  ] as const;
  test.each(cases)('with %s', async (_, status, body, expected) => {
    const opened = openOAuth(fakeAtlassian({ token: () => Response.json(body, { status }) }));
    const error = await opened.consent('u1', 'canary').catch((e: unknown) => e);
    expect(error).toMatchObject(expected);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toMatch(/canary/);
  });

  test('that repeats what it was sent', async () => {
    const token = (form: URLSearchParams) =>
      Response.json(
        {
          error: 'invalid_grant',
          error_description: `${decodeURIComponent(`${form}`)} or ${form}`,
        },
        { status: 400 },
      );
    const opened = openOAuth(fakeAtlassian({ token }));
    const error = await opened.consent('u1', 'a+da').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CONSENT_CALLBACK' });
    const [form] = opened.atlassian.forms;
    const shown = `${inspect(error)}${JSON.stringify(error)}${(error as Error).stack}`;
    expect(shown).toContain('REDACTED');
    for (const name of ['code', 'client_secret', 'code_verifier']) {
      const value = String(form?.get(name));
      expect(shown).not.toContain(value);
      expect(shown).not.toContain(encodeURIComponent(value));
    }
  });

  test('with a challenge besides', async () => {
    const challenge = () =>
      Response.json(
        { error: 'invalid_client' },
        { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      );
    const opened = openOAuth(fakeAtlassian({ token: challenge }));
    await expect(opened.consent('u1', 'ada')).rejects.toMatchObject({ field: 'clientSecret' });
  });

  test('without an answer', async () => {
    const down = () => {
      throw new TypeError('fetch failed');
    };
    const opened = openOAuth(fakeAtlassian({ token: down }));
    await expect(opened.consent('u1', 'ada')).rejects.toMatchObject({
      code: 'AUTHORIZATION_SERVER',
      retryable: true,
    });
  });
});
