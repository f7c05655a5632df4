/** A number from 0 (included) to 1 (excluded): for jitter, never for anything secret. */
export type Random = () => number;

export const systemRandom: Random = Math.random;
