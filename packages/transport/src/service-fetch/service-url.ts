import { isLoopback, RequestError } from '@tributary/pipeline';

/** What a service's URL is, and how errors show it: host and path, ids left out, no query. */
export interface ServiceUrl {
  readonly href: string;
  readonly shown: string;
}

/** Cloud ids, account ids and numbers. */
const ID = /[0-9a-f]{8}-?[0-9a-f-]{4,}|\d{4,}/gi;

/** @throws RequestError for anything but https, or http to loopback. */
export const readServiceUrl = (value: string): ServiceUrl => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) throw new RequestError('url', 'is no URL');
  const shown = `${url.origin}${url.pathname.replace(ID, '{}')}`;
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new RequestError('url', 'must be https, since credentials are sent there', shown);
  }
  if (url.username !== '' || url.password !== '') {
    throw new RequestError('url', 'must not hold a user name or password', shown);
  }
  return { href: url.href, shown };
};
