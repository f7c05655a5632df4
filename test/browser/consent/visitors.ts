import type { Browser } from 'playwright-core';
import { Person } from './person.js';
import type { Place } from './place.js';

export interface Visit {
  readonly session?: string;
  readonly hasScripts?: boolean;
  /** In a browser that nobody has used, also for the authorization server. */
  readonly isNew?: boolean;
}

/** Users of the app, one test's after the other's. */
export class Visitors {
  readonly #browser: Browser;
  readonly #place: Place;
  readonly #here: Person[] = [];
  #spare: Person | undefined;
  #count = 0;

  constructor(browser: Browser, place: Place) {
    this.#browser = browser;
    this.#place = place;
  }

  /** Somebody whom nobody has seen before, at a browser of their own. */
  async arrive(visit: Visit = {}): Promise<Person> {
    this.#count += 1;
    const { sandbox, app } = this.#place;
    const session = visit.session ?? `visitor-${this.#count}`;
    const options = { browser: this.#browser, origin: app.origin, sandbox, ...visit, session };
    const free = visit.hasScripts || visit.isNew ? undefined : this.#spare;
    if (free !== undefined) this.#spare = undefined;
    const person = free ?? (await Person.signIn(options));
    await free?.makeWay(session);
    this.#here.push(person);
    return person;
  }

  /** All who are here; one leaves their browser to the next. */
  async leave(): Promise<void> {
    for (const person of this.#here.splice(0)) {
      if (this.#spare === undefined && !person.hasScripts) this.#spare = person;
      else await person.leave();
    }
  }
}
