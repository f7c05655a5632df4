import {
  type AuthenticatedCall,
  type Outgoing,
  openCall,
  type Terminal,
} from '@tributary/pipeline';

/** One Response for every call, answers used in turn (an Error is thrown), or a function of the call. */
export type FakeAnswer =
  | Response
  | readonly (Response | Error)[]
  | ((call: AuthenticatedCall) => Response | Promise<Response>);

/** A terminal without a network: it checks each call as a real one must, and remembers it. */
export interface FakeTerminal extends Terminal {
  /** The calls that would have reached the wire, oldest first. */
  readonly calls: AuthenticatedCall[];
  /** Where each of them would have gone, and with which `Authorization`. */
  readonly outgoing: Outgoing[];
}

const inTurn = (answers: readonly (Response | Error)[]): (() => Response) => {
  let next = 0;
  return () => {
    const answer = answers[next];
    next += 1;
    if (answer === undefined) {
      throw new Error(
        `The fake terminal has ${answers.length} answers and was called ${next} times.`,
      );
    }
    if (answer instanceof Error) throw answer;
    return answer;
  };
};

/** The same answer again and again. Not by clone(): its body ends only when both copies are done with. */
const afresh = (answer: Response): (() => Promise<Response>) => {
  let bytes: Promise<ArrayBuffer | null> | undefined;
  return async () => {
    bytes ??= answer.body === null ? Promise.resolve(null) : answer.arrayBuffer();
    return new Response(await bytes, answer);
  };
};

const readAnswer = (
  answer: FakeAnswer,
): ((call: AuthenticatedCall) => Response | Promise<Response>) => {
  if (typeof answer === 'function') return answer;
  if (answer instanceof Response) return afresh(answer);
  return inTurn(answer);
};

/** The promise, unless the signal fires before it settles. */
const untilAborted = (work: Promise<Response>, signal: AbortSignal): Promise<Response> =>
  new Promise<Response>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

export const fakeTerminal = (answer: FakeAnswer): FakeTerminal => {
  const respond = readAnswer(answer);
  const calls: AuthenticatedCall[] = [];
  const outgoing: Outgoing[] = [];
  return {
    name: 'fake-terminal',
    calls,
    outgoing,
    async send(call) {
      const opened = openCall(call);
      call.signal?.throwIfAborted();
      calls.push(call);
      outgoing.push(opened);
      const work = Promise.resolve(respond(call));
      return call.signal === undefined ? work : untilAborted(work, call.signal);
    },
  };
};
