import type { ListenerName } from './journal.js';

/**
 * What the sandbox answers instead of doing its work; or, without a `status`, how long it holds back the
 * answer to work that it did.
 */
export interface SandboxFault {
  /** How many requests are hit. Default 1. */
  readonly times?: number;
  /** Only requests with this method. Default: any. */
  readonly method?: string;
  /** Only requests whose path or query contains this. Default: any product request. */
  readonly pathIncludes?: string;
  /** Only requests at this listener. Default: any but `auth`. */
  readonly listener?: ListenerName;
  /** May be left out where `delayMs` is given. */
  readonly status?: number;
  /** How long the answer is held back, in ms. Default 0. */
  readonly delayMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is, anything else as JSON. Default: no body. */
  readonly body?: unknown;
}

/** What a fault does to one request. */
export interface Hit {
  readonly delayMs: number;
  /** Undefined: the sandbox's own. */
  readonly answer: FaultAnswer | undefined;
}

/** The answer of a fault, ready to be sent. */
export interface FaultAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Pending {
  readonly fault: SandboxFault;
  left: number;
}

/** Faults waiting for a request that they fit; the oldest goes first. */
export class Faults {
  #pending: Pending[] = [];

  add(fault: SandboxFault): void {
    const { times = 1, status, delayMs } = fault;
    const isStatus = Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
    if (!isStatus && (status !== undefined || delayMs === undefined)) {
      throw new RangeError(`failNext: status must be from 200 to 599, not ${status}`);
    }
    if (delayMs !== undefined && !(Number.isFinite(delayMs) && delayMs >= 0)) {
      throw new RangeError(`failNext: delayMs must be a number of ms, not ${delayMs}`);
    }
    if (!Number.isInteger(times) || times < 1) {
      throw new RangeError(`failNext: times must be a positive integer, not ${times}`);
    }
    this.#pending.push({ fault, left: times });
  }

  take(listener: ListenerName, method: string, path: string): Hit | undefined {
    const hit = this.#pending.find(({ fault }) => fits(fault, listener, method, path));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    if (hit.left === 0) this.#pending = this.#pending.filter((pending) => pending !== hit);
    return { delayMs: hit.fault.delayMs ?? 0, answer: answerOf(hit.fault) };
  }

  clear(): void {
    this.#pending = [];
  }
}

function fits(fault: SandboxFault, listener: ListenerName, method: string, path: string): boolean {
  if (fault.listener === undefined ? listener === 'auth' : fault.listener !== listener)
    return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.pathIncludes !== undefined) return path.includes(fault.pathIncludes);
  return listener === 'auth' || fault.listener === 'media' || isProduct(path);
}

// Tenant info, accessible resources and the like fail only when a fault names them.
const isProduct = (path: string): boolean =>
  /^\/(?:wiki|ex\/confluence|confluence\/rest\/api)\//.test(path);

function answerOf({ status, headers = {}, body = '' }: SandboxFault): FaultAnswer | undefined {
  if (status === undefined) return undefined;
  if (typeof body === 'string') return { status, headers, body };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}
