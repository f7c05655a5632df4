/** The value below which a share of them lies, from 0 to 1. */
export const quantile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** The middle one; of an even number the upper of the two. */
export const median = (values) => quantile(values, 0.5);
