import { randomBytes } from 'node:crypto';
import { parseSigned, serialize, serializeSigned } from 'hono/utils/cookie';
import type { AppUser } from './face.js';

const HOURS = 8;

/**
 * Who is signed in, in a signed cookie. The key is made anew by each process, so that restarting it signs
 * everybody out.
 */
export class Sessions {
  readonly #users: readonly AppUser[];
  readonly #key = randomBytes(32);
  readonly #name: string;
  readonly #attributes: { readonly path: '/'; readonly httpOnly: true; readonly sameSite: 'Lax' };

  constructor(users: readonly AppUser[], publicUrl: string) {
    this.#users = users;
    // With the port, since all ports of a host share their cookies (RFC 6265, section 8.5).
    this.#name = `stale-pages-${new URL(publicUrl).port || '80'}`;
    // Not Secure: the app is served over http to loopback only, where Safari would refuse the cookie.
    this.#attributes = { path: '/', httpOnly: true, sameSite: 'Lax' };
  }

  user(id: string): AppUser | undefined {
    return this.#users.find((user) => user.id === id);
  }

  /** The Set-Cookie that signs them in. */
  open({ id }: AppUser): Promise<string> {
    const maxAge = HOURS * 3_600;
    const until = Date.now() + maxAge * 1_000;
    return serializeSigned(this.#name, `${id}.${until}`, this.#key, {
      ...this.#attributes,
      maxAge,
    });
  }

  async of(request: Request): Promise<AppUser | undefined> {
    const cookies = request.headers.get('cookie') ?? '';
    const { [this.#name]: value } = await parseSigned(cookies, this.#key, this.#name);
    const [id, until] = typeof value === 'string' ? value.split('.') : [];
    return id !== undefined && Number(until) > Date.now() ? this.user(id) : undefined;
  }

  /** The Set-Cookie that signs them out. */
  close(): string {
    return serialize(this.#name, '', { ...this.#attributes, maxAge: 0 });
  }
}
