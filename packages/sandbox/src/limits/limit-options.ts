/** What Confluence Cloud lets pass; developer.atlassian.com/cloud/confluence/rate-limiting. */
export interface CloudLimits {
  /** Default: none. */
  readonly burst?: BurstLimit;
  /** Default: none. */
  readonly quota?: QuotaLimit;
}

/**
 * A token bucket for each endpoint and method of the tenant, which all apps and tokens share. Confluence's
 * numbers are not published; Jira's are 100 GET or POST and 50 PUT or DELETE a second.
 */
export interface BurstLimit {
  /** Requests a second in the long run. */
  readonly perSecond: number;
  /** Requests at once, after a time without any. Default as many as a second's. */
  readonly capacity?: number;
}

/** Points that an app may spend until the window ends; requests with an API token cost none. */
export interface QuotaLimit {
  /** At Atlassian 65,000 and more. */
  readonly points: number;
  /** Ms; windows end at its multiples in UTC, an hour's at the full hour. Default 3,600,000. */
  readonly windowMs?: number;
  /** Which of Atlassian's pools it is: the app's own over all tenants, or its pool at this one. Default `global`. */
  readonly pool?: 'global' | 'tenant';
  /**
   * The time to the window's end is told rounded up to so many ms. Default 1000, whole seconds as at
   * Atlassian; less, to scale it down with the window, gives `Retry-After` a fraction.
   */
  readonly resolutionMs?: number;
}

/** A token bucket for each user of the Data Center site, whichever way they authenticate; visitors have none. */
export interface DataCenterLimits {
  /** The most tokens that a user can have: the administrator's "Max requests". */
  readonly capacity: number;
  /** Tokens that come back every interval: "Requests allowed". Default `capacity`. */
  readonly fillRate?: number;
  /** Seconds. Default 60. */
  readonly intervalSeconds?: number;
}

/** What the sandbox lets pass. */
export interface SandboxLimits {
  /** At the site and the gateway, which are one tenant. Default: no limits. */
  readonly cloud?: CloudLimits;
  /** Default: no limits. */
  readonly dataCenter?: DataCenterLimits;
}

type Fields = Readonly<Record<string, (value: unknown, name: string) => void>>;

const positive = (value: unknown, name: string): void => {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return;
  throw new RangeError(`${name} must be a number above 0, not ${String(value)}`);
};

const whole = (value: unknown, name: string): void => {
  if (Number.isSafeInteger(value) && Number(value) > 0) return;
  throw new RangeError(`${name} must be a whole number above 0, not ${String(value)}`);
};

const pool = (value: unknown, name: string): void => {
  if (value === 'global' || value === 'tenant') return;
  throw new RangeError(`${name} must be 'global' or 'tenant', not ${String(value)}`);
};

/** Checks what is there, and that nothing else is: a limit with a typo would be none. */
const object =
  (fields: Fields, required: readonly string[] = []) =>
  (value: unknown, name: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError(`${name} must be an object, not ${String(value)}`);
    }
    for (const field of required) {
      if (!Object.hasOwn(value, field)) throw new TypeError(`${name}.${field} is missing`);
    }
    for (const [field, given] of Object.entries(value)) {
      const check = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (check === undefined) {
        const known = Object.keys(fields).join(', ');
        throw new TypeError(`${name}.${field} is unknown; ${name} takes ${known}`);
      }
      if (given !== undefined) check(given, `${name}.${field}`);
    }
  };

const checkLimits = object({
  cloud: object({
    burst: object({ perSecond: positive, capacity: whole }, ['perSecond']),
    quota: object({ points: whole, windowMs: whole, pool, resolutionMs: whole }, ['points']),
  }),
  dataCenter: object({ capacity: whole, fillRate: whole, intervalSeconds: positive }, ['capacity']),
});

/**
 * @throws TypeError naming the field that is missing, unknown or no object
 * @throws RangeError naming the field whose value can't be
 */
export function readLimits(limits: SandboxLimits = {}): SandboxLimits {
  checkLimits(limits, 'limits');
  return limits;
}
