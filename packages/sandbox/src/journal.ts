import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LimitName } from './limits/limiter.js';

export type ListenerName = 'site' | 'gateway' | 'auth' | 'data-center' | 'media';

/** One request that arrived. Header values are kept as sent: they are the sandbox's own fakes. */
export interface SandboxRequest {
  readonly listener: ListenerName;
  readonly method: string;
  /** Path and query exactly as on the wire, before any normalisation. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** 0 while the answer is under way. */
  readonly status: number;
  /** Account id; `app` for the OAuth client at the token endpoint; `anonymous` for everybody else. */
  readonly principal: string;
  /** Set where one of the sandbox's `limits` refused it: no work was done. */
  readonly refusedBy?: LimitName;
}

/** An entry while its request is being answered. */
export type OpenEntry = { -readonly [Key in keyof SandboxRequest]: SandboxRequest[Key] };

/** The latest requests in the order of their arrival. */
export class Journal {
  readonly #entries: SandboxRequest[] = [];
  readonly #limit: number;

  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  get entries(): readonly SandboxRequest[] {
    return this.#entries;
  }

  /** Writes a request down and fills in its status when the answer begins. */
  open(listener: ListenerName, request: IncomingMessage, response: ServerResponse): OpenEntry {
    const entry: OpenEntry = {
      listener,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: flatten(request.headers),
      status: 0,
      principal: 'anonymous',
    };
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    // Earlier than the `finish` event, so that whoever has the answer finds its status here.
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    response.writeHead = (...args: unknown[]) => {
      entry.status = Number(args[0]);
      return writeHead(...args);
    };
    return entry;
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
