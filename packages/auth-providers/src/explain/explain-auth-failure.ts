import type { AuthFailure, AuthFailureContext } from './auth-failure.js';

/**
 * Why Confluence refused: a 401, 403, 404 or 410 as a typed cause, with the next step in words. Reads
 * headers and at most 4 KiB of the body, which the caller can still read. `context` is for answers
 * that came through no chain of ours. Never rejects for what a server answers.
 */
export const explainAuthFailure = async (
  response: Response,
  context: AuthFailureContext = {},
): Promise<AuthFailure> => {
  // The rules and tables are a few KB that only a refusal needs.
  const { explain } = await import('./explain.js');
  return explain(response, context);
};
