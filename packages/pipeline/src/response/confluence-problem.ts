import { escapeControl } from '../secrets/redact.js';

/** Confluence's own words about a failure. */
export interface ConfluenceProblem {
  readonly title?: string;
  readonly detail?: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? escapeControl(value.slice(0, 1000)) : undefined;

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** The families differ: v2 `{errors:[{title,detail}]}`, v1 `{message,data}`, the gateway `{code,message}`. */
export const readProblem = (body: unknown): ConfluenceProblem => {
  const root = record(body);
  const first = record(Array.isArray(root.errors) ? root.errors[0] : undefined);
  const nested = record(
    Array.isArray(record(root.data).errors)
      ? (record(root.data).errors as unknown[])[0]
      : undefined,
  );
  const title = text(first.title) ?? text(root.message) ?? text(root.title) ?? text(root.error);
  const detail =
    text(first.detail) ??
    text(record(nested.message).translation) ??
    text(root.detail) ??
    text(root.reason);
  return {
    ...(title !== undefined && { title }),
    ...(detail !== undefined && detail !== title && { detail }),
  };
};
