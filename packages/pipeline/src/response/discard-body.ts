/**
 * Gives up the body of a response that nobody will read, so that its connection is free again. Never
 * fails: a body that broke, or that somebody else reads, can't be cancelled, and needn't be.
 */
export const discardBody = (response: Response | undefined): void => {
  response?.body?.cancel().catch(() => {});
};
