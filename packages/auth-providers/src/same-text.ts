import { revealSecret, type Secret } from '@tributary/pipeline';

/** Takes the same time wherever two texts of one length differ: for what an attacker may guess at. */
export const isSameText = (one: string, other: string): boolean => {
  const length = Math.max(one.length, other.length);
  let difference = one.length ^ other.length;
  for (let at = 0; at < length; at += 1) {
    difference |= (one.charCodeAt(at) || 0) ^ (other.charCodeAt(at) || 0);
  }
  return difference === 0;
};

export const isSameSecret = (one: Secret | undefined, other: Secret | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : isSameText(revealSecret(one), revealSecret(other));
