import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export const VALID_TOKEN = 'NjcyNjE0NjQ2NTc2OnZhbGlk';

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
};

/** As Data Center with anonymous access on: a bad token makes an anonymous reader (CONFSERVER-98199). */
const currentUser: Answer = (request, response) => {
  if (request.url !== '/confluence/rest/api/user/current') {
    json(response, 404, { message: 'null for uri' });
    return;
  }
  const isValid = request.headers.authorization === `Bearer ${VALID_TOKEN}`;
  response.setHeader('x-ausername', isValid ? 'ada' : 'anonymous');
  if (!isValid) response.setHeader('x-seraph-loginreason', 'AUTHENTICATED_FAILED');
  const user = {
    type: 'known',
    username: 'ada',
    userKey: '8a7f808f6a1b',
    displayName: 'Ada Lovelace',
  };
  json(response, 200, isValid ? user : { type: 'anonymous', displayName: 'Anonymous' });
};

/** Confluence Data Center under a context path, on loopback; `answer` may stand in for its own. */
export const openDataCenter = async () => {
  const state = { answer: currentUser, requests: [] as IncomingMessage[] };
  const server = createServer((request, response) => {
    state.requests.push(request);
    state.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    origin: `http://127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/confluence`,
    usual: currentUser,
    json,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};
