import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as api from '@tributary/api';
import * as authProviders from '@tributary/auth-providers';
import * as forgeRemote from '@tributary/auth-providers/forge-remote';
import * as inForge from '@tributary/auth-providers/in-forge';
import * as consent from '@tributary/consent';
import * as forge from '@tributary/forge';
import * as forgeServe from '@tributary/forge/serve';
import * as pipeline from '@tributary/pipeline';
import * as routes from '@tributary/route';
import * as transport from '@tributary/transport';
import * as attachments from '@tributary/transport/attachments';
import * as longTask from '@tributary/transport/long-task';
import * as paging from '@tributary/transport/paging';
import { describe, expect, test } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), 'utf8');

interface Row {
  readonly code: string;
  readonly className: string;
  readonly when: string;
  readonly retryable: string;
  readonly advice: string;
}

const bare = (cell = ''): string => cell.trim().replace(/^`(.*)`$/, '$1');

/** The rows that begin with a code. */
const rows: readonly Row[] = text
  .split('\n')
  .filter((line) => /^\| `[A-Z_]+` +\|/.test(line))
  .map((line) => {
    const [, code, className, when, retryable, advice] = line.split('|');
    return {
      code: bare(code),
      className: bare(className),
      when: (when ?? '').trim(),
      retryable: bare(retryable),
      advice: (advice ?? '').trim(),
    };
  });

const exported: Readonly<Record<string, unknown>> = {
  ...transport,
  ...attachments,
  ...longTask,
  ...paging,
  ...consent,
  ...authProviders,
  ...forgeRemote,
  ...inForge,
  ...forge,
  ...forgeServe,
  ...api,
  ...routes,
  ...pipeline,
};

const CODES: readonly string[] = [...Object.keys(pipeline.ERROR_CODES), ...routes.routeErrorCodes];

test('docs/errors.md lists every code once, and no other', () => {
  expect(rows.map(({ code }) => code).toSorted()).toEqual(CODES.toSorted());
});

describe('each row', () => {
  test.for(rows)('$code', ({ code, className, when, retryable, advice }) => {
    expect(exported[className]).toBeTypeOf('function');
    expect(['yes', 'no', 'depends']).toContain(retryable);
    expect(advice).toMatch(/\.$/);
    const meaning = (pipeline.ERROR_CODES as Readonly<Record<string, string>>)[code];
    if (meaning === undefined) expect(when).toMatch(/\.$/);
    else expect(when).toBe(meaning);
  });
});

const TASK: longTask.LongTask = {
  id: '1',
  percentageComplete: 50,
  isFinished: true,
  isSuccessful: false,
  elapsedTime: undefined,
  messages: [],
  body: {},
};

describe('what an error says of itself is what its row says', () => {
  const wire = { attempts: 1, template: '/x/{}' };
  const errors: readonly pipeline.TributaryError[] = [
    new pipeline.ConfigError('site', 'x'),
    new pipeline.ChainError('x'),
    new pipeline.RequestError('body', 'x'),
    new pipeline.OutOfBaseError('x'),
    new pipeline.PrincipalError('x'),
    new pipeline.NeedsAuthenticationError(),
    new pipeline.ConsentError('CONSENT_DENIED', 'x'),
    new pipeline.ConsentError('CONSENT_ROUNDS', 'x'),
    new pipeline.ConsentError('CONSENT_CALLBACK', 'x'),
    new pipeline.TimeoutError('x', wire),
    new pipeline.RateLimitedError('x', { ...wire, retryAfterMs: 1 }),
    new transport.QueueFullError(1, wire),
    new transport.ServerUnavailableError(1, wire),
    new pipeline.RedirectError('x', wire),
    new pipeline.BodyNotReplayableError('x', wire),
    new authProviders.GrantRefreshError('x'),
    new api.AuthorizationCheckError('x'),
    new pipeline.InvalidResponseError('x'),
    new paging.PagingLoopError('x'),
    new attachments.AttachmentChangedError('x'),
    new longTask.LongTaskError('x', { task: TASK }),
    new forgeRemote.InvocationTokenError('missing'),
    new forgeRemote.InvocationKeysError('x'),
    new forge.ForgeRuntimeMissingError('x'),
    new forge.ForgeUnsupportedError('x', 'y'),
  ];
  test.for(errors)('$code', (error) => {
    const row = rows.find(({ code }) => code === error.code);
    expect(row).toMatchObject({
      className: error.constructor.name,
      retryable: error.retryable ? 'yes' : 'no',
    });
  });
});

test('RESPONSE_NOT_OK depends: yes for 429 and from 502', () => {
  const retryable = (status: number) => new api.ResponseError('x', { status }).retryable;
  expect([400, 404, 429, 500, 502, 503].map(retryable)).toEqual([
    false,
    false,
    true,
    false,
    true,
    true,
  ]);
});

test('every reason of INVOCATION_TOKEN_INVALID is listed as the code has it', () => {
  const [, section = ''] = text.split(/^## Reasons of .*$/m);
  const listed = [...section.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\|$/gm)];
  expect(Object.fromEntries(listed.map(([, reason, why]) => [reason, why]))).toEqual(
    forgeRemote.INVOCATION_TOKEN_REASONS,
  );
});
