import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExpectedCallback } from './callback-answer.js';
import { judgeRequest } from './callback-request.js';
import { type Page, refusedPage, sendPage } from './pages.js';

/** The one answer, whose page is still owed. */
export interface Arrival {
  readonly params: URLSearchParams;
  readonly answer: (page: Page) => Promise<void>;
}

/** Takes the first fitting request and refuses all others, without ending the wait. */
export class CallbackInbox {
  #expected: ExpectedCallback | undefined;
  #hasArrived = false;
  #deliver: (arrival: Arrival) => void = () => {};

  expect(expected: ExpectedCallback): Promise<Arrival> {
    this.#expected = expected;
    return new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  /** For an answer that came another way: from now on nothing more is taken. */
  close(): void {
    this.#hasArrived = true;
  }

  readonly receive = (request: IncomingMessage, response: ServerResponse): void => {
    // A refused request may still be sending a body, which nobody reads.
    request.resume();
    if (this.#expected === undefined) {
      void sendPage(response, refusedPage(400, 'Nothing is expected here yet.'));
      return;
    }
    const judged = judgeRequest(request, this.#expected);
    if ('reason' in judged) {
      void sendPage(response, refusedPage(judged.status, judged.reason));
      return;
    }
    // A code is good for one exchange (RFC 9700, section 2.1.1), and so is its state.
    if (this.#hasArrived) {
      void sendPage(response, refusedPage(400, 'This answer was already used.'));
      return;
    }
    this.#hasArrived = true;
    this.#deliver({ params: judged.params, answer: (page) => sendPage(response, page) });
  };
}
