import { factsOf } from '../chain/call-facts.js';
import { escapeControl } from '../secrets/redact.js';
import { ResponseError } from './response-error.js';

/**
 * Makes an error of an error status, since the API itself never does.
 * @returns the Response as it was, when its status is 200 to 299, or 304
 * @throws ResponseError with status, the product's title and detail, the template and the trace id; its message says what to do next
 */
export const ensureOk = async <R extends Response>(response: R | Promise<R>): Promise<R> => {
  const answer = await response;
  if (answer.ok || answer.status === 304) return answer;
  // Loaded on first use; what can't be loaded must not hide the failure.
  const described = await import('./describe-failure.js').then(
    ({ describeFailure }) => describeFailure(answer),
    () => undefined,
  );
  const facts = factsOf(answer);
  const traceId = answer.headers.get('atl-traceid');
  throw new ResponseError(described?.message ?? `The answer was ${answer.status}`, {
    status: answer.status,
    ...described?.problem,
    template: facts?.template,
    attempts: facts?.attempts ?? 0,
    traceId: traceId === null ? undefined : escapeControl(traceId.slice(0, 100)),
  });
};
