export const parseRetryAfter = (
  _value: string | null | undefined,
  _nowMs: number,
): number | undefined => undefined;
