import type { Clock, Random } from '@tributary/pipeline';
import type { RetrySettings } from './retry-options.js';

/** What an attempt says of its server; 'unknown' for one that was given up, or never got out. */
export type Health = 'up' | 'down' | 'unknown';

/** One per base URL: the origin, and behind the gateway the tenant. */
interface Circuit {
  /** Failures it may still see before it opens. */
  left: number;
  /** On the clock's monotonic scale; 0 while closed. */
  openUntil: number;
  cooldown: number;
  isProbing: boolean;
}

export interface Circuits {
  /** Ms for which no call may go there; 0 for one that may, perhaps as the probe. */
  hold(base: string): number;
  /** Notes how an attempt ended; whether another one may follow. */
  ended(base: string, health: Health): boolean;
}

/** What an answer gives back of the failure that it follows: a server that fails one call in three stays. */
const REFUND = 0.5;

const LONGEST_COOLDOWN = 30_000;

/** Bounds the memory that a client of very many failing sites takes. */
const MOST_CIRCUITS = 1000;

/**
 * Retries are what brings a dying server down for good. So all calls to one base share a quota of
 * failures; when it is spent they fail at once, but for one probe after each cooldown. A server that
 * has not failed has no entry here.
 */
export const createCircuits = ({
  quota,
  cooldown,
  clock,
  random,
}: Pick<RetrySettings, 'quota' | 'cooldown'> & {
  readonly clock: Clock;
  readonly random: Random;
}): Circuits => {
  const circuits = new Map<string, Circuit>();

  const open = (circuit: Circuit): void => {
    // Jitter, or all processes send their probes together.
    circuit.openUntil = clock.monotonic() + circuit.cooldown * (0.5 + random() / 2);
    circuit.cooldown = Math.min(circuit.cooldown * 2, LONGEST_COOLDOWN);
    circuit.isProbing = false;
  };

  const failed = (base: string): boolean => {
    if (quota === Number.POSITIVE_INFINITY) return true;
    let circuit = circuits.get(base);
    if (circuit === undefined) {
      const [oldest] = circuits.size < MOST_CIRCUITS ? [] : circuits.keys();
      if (oldest !== undefined) circuits.delete(oldest);
      circuit = { left: quota, openUntil: 0, cooldown, isProbing: false };
      circuits.set(base, circuit);
    }
    if (circuit.openUntil > 0) {
      if (circuit.isProbing) open(circuit);
      return false;
    }
    circuit.left -= 1;
    if (circuit.left > 0) return true;
    open(circuit);
    return false;
  };

  const answered = (base: string, circuit: Circuit): void => {
    if (circuit.openUntil > 0) {
      // An answer to a call from before it opened says less than a probe will.
      if (!circuit.isProbing) return;
      Object.assign(circuit, { openUntil: 0, isProbing: false, cooldown, left: quota / 2 });
    }
    circuit.left += REFUND;
    if (circuit.left >= quota) circuits.delete(base);
  };

  return {
    hold(base) {
      const circuit = circuits.size === 0 ? undefined : circuits.get(base);
      if (circuit === undefined || circuit.openUntil === 0) return 0;
      const left = circuit.openUntil - clock.monotonic();
      if (left > 0) return left;
      if (circuit.isProbing) return circuit.cooldown / 2;
      circuit.isProbing = true;
      return 0;
    },
    ended(base, health) {
      if (health === 'down') return failed(base);
      const circuit = circuits.size === 0 ? undefined : circuits.get(base);
      if (circuit === undefined) return true;
      if (health === 'up') answered(base, circuit);
      else circuit.isProbing = false;
      return true;
    },
  };
};
