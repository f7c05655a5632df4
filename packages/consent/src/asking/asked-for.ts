import type { ConsentRequest } from '@tributary/pipeline';

const askers = new WeakMap<ConsentRequest, object>();

/** Notes on whose behalf it is asked: a provider stands for one client at one authorization server. */
export const askedFor = (provider: object, request: ConsentRequest): ConsentRequest => {
  askers.set(request, provider);
  return request;
};

/** Two requests with the same one ask for the same client; a request of unknown origin stands alone. */
export const askerOf = (request: ConsentRequest): object => askers.get(request) ?? request;
