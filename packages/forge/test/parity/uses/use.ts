import type * as forge from '@forge/api';
import type { ForgeRuntime } from '../../../src/index.js';
import type { Answer } from '../stand-in.js';

export type Api = typeof forge;

/** One use of the API that an app can make. */
export interface Use {
  readonly run: (api: Api) => unknown;
  readonly answers?: readonly Answer[];
  readonly runtime?: (runtime: ForgeRuntime) => ForgeRuntime | undefined;
  /** The drop-in says more after Forge's words. */
  readonly saysMore?: boolean;
}

/** By name. */
export type Uses = Readonly<Record<string, Use>>;

/** What the platform answers instead of a product. */
export const refused = (code: string, status = 403): Answer => ({
  status,
  headers: { 'forge-proxy-error': code },
});

export const json = (body: unknown, status = 200): Answer => ({
  status,
  body: JSON.stringify(body),
});

export const as = <T>(value: unknown): T => value as T;

export const post = {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: '{"a":1}',
};
