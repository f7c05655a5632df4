import { type Clock, ConsentError, type PendingRecords } from '@tributary/pipeline';
import type {
  ExpectedAnswer,
  KeptAnswer,
  KeptAuthorization,
  PendingConsent,
  Phase,
} from './pending-consent.js';
import { digest } from './tokens.js';

/** Kept after a grant or a denial, so that reloads and second clicks are answered rightly. */
const SHORTEST = 60_000;

/** A person who was sent there fetches it at once. */
const ANSWER_TTL = 5 * 60_000;

interface SpentOnce {
  readonly authorization: KeptAuthorization;
  readonly expiresAt: number;
}

/** At a time, for one user; about, since two at the same moment may not see each other. */
const MOST_CONSENTS = 16;

/** The last grant of a user: what asked before it needn't ask again. */
export interface LastGrant {
  readonly nonce: string;
  readonly site: string;
  readonly scopes: readonly string[];
}

/** Everything that the pages remember, in the records of the grants' store. */
export class ConsentRecords {
  readonly #pending: PendingRecords;
  readonly #clock: Clock;
  readonly #timeout: number;

  constructor(pending: PendingRecords, clock: Clock, timeout: number) {
    this.#pending = pending;
    this.#clock = clock;
    this.#timeout = timeout;
  }

  expiry(): number {
    return this.#clock.now() + this.#timeout;
  }

  /** Those of a consent that is asked for now. */
  times(): Pick<PendingConsent, 'askedUntil' | 'expiresAt'> {
    const askedUntil = this.expiry();
    return { askedUntil, expiresAt: askedUntil + this.#timeout };
  }

  /** Of one user's, the oldest give way: nobody fills the store by asking. */
  async ask(consent: PendingConsent): Promise<void> {
    const { id, user, trigger, expiresAt } = consent;
    await this.#write(`consent:${id}`, consent, expiresAt);
    // Apart: programs that ask often push out nothing that the person began.
    const list = `${trigger.kind === 'api' ? 'programs' : 'user'}:${digest(user.id)}`;
    const ids = [...((await this.#read<string[]>(list)) ?? []), id];
    for (const old of ids.splice(0, ids.length - MOST_CONSENTS)) await this.drop(old);
    await this.#write(list, ids, expiresAt);
  }

  async find(id: string): Promise<PendingConsent | undefined> {
    return this.#unlessOver(await this.#read<PendingConsent>(`consent:${id}`));
  }

  /** Of all that resume at once, one gets it. */
  async take(id: string): Promise<PendingConsent | undefined> {
    return this.#unlessOver(await this.#take<PendingConsent>(`consent:${id}`));
  }

  drop(id: string): Promise<void> {
    return this.#pending.delete(key(`consent:${id}`));
  }

  phase(id: string): Promise<Phase | undefined> {
    return this.#read(`phase:${id}`);
  }

  setPhase(id: string, phase: Phase, expiresAt: number): Promise<void> {
    return this.#write(`phase:${id}`, phase, expiresAt);
  }

  /** Two records: what may be spent once, and whose answer it is, which stays for second clicks. */
  async expect(
    state: string,
    answer: ExpectedAnswer,
    authorization: KeptAuthorization,
  ): Promise<void> {
    const { expiresAt } = answer;
    await this.#write(`state:${digest(state)}`, answer, expiresAt);
    await this.#write(`code:${digest(state)}`, { authorization, expiresAt }, expiresAt);
  }

  async expected(state: string): Promise<ExpectedAnswer | undefined> {
    return this.#unlessOver(await this.#read<ExpectedAnswer>(`state:${digest(state)}`));
  }

  async isSpent(state: string): Promise<boolean> {
    return (await this.#read(`code:${digest(state)}`)) === undefined;
  }

  /** Of all answers with this state, one gets it (RFC 9700, section 2.1.1). */
  async spend(state: string): Promise<KeptAuthorization | undefined> {
    const kept = await this.#take<SpentOnce>(`code:${digest(state)}`);
    return this.#unlessOver(kept)?.authorization;
  }

  lastGrant(userId: string): Promise<LastGrant | undefined> {
    return this.#read(`grant:${digest(userId)}`);
  }

  setLastGrant(userId: string, grant: LastGrant): Promise<void> {
    return this.#write(`grant:${digest(userId)}`, grant, this.expiry());
  }

  keepAnswer(id: string, answer: KeptAnswer): Promise<void> {
    return this.#write(`answer:${id}`, answer, this.#clock.now() + ANSWER_TTL);
  }

  answer(id: string): Promise<KeptAnswer | undefined> {
    return this.#read(`answer:${id}`);
  }

  takeAnswer(id: string): Promise<KeptAnswer | undefined> {
    return this.#take(`answer:${id}`);
  }

  /** What an API request of this user was answered with last, so that several show one page. */
  apiConsent(what: string): Promise<string | undefined> {
    return this.#read(`api:${digest(what)}`);
  }

  setApiConsent(what: string, id: string, expiresAt: number): Promise<void> {
    return this.#write(`api:${digest(what)}`, id, expiresAt);
  }

  #unlessOver<T extends { readonly expiresAt: number }>(record: T | undefined): T | undefined {
    return record !== undefined && record.expiresAt > this.#clock.now() ? record : undefined;
  }

  #write(id: string, value: unknown, expiresAt: number): Promise<void> {
    const ttl = Math.max(expiresAt - this.#clock.now(), SHORTEST);
    return this.#pending.write(key(id), JSON.stringify(value, bytesToText), ttl);
  }

  async #read<T>(id: string): Promise<T | undefined> {
    return parse<T>(await this.#pending.read(key(id)));
  }

  async #take<T>(id: string): Promise<T | undefined> {
    return parse<T>(await this.#pending.take(key(id)));
  }
}

const key = (id: string): string => `web:${id}`;

const parse = <T>(text: string | undefined): T | undefined => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text, textToBytes) as T;
  } catch (cause) {
    throw new ConsentError('CONSENT_UNAVAILABLE', 'A pending record can not be read.', { cause });
  }
};

const bytesToText = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;

const textToBytes = (name: string, value: unknown): unknown => {
  if (name !== 'body' || typeof value !== 'object' || value === null) return value;
  return new Uint8Array(Buffer.from((value as { base64: string }).base64, 'base64'));
};
