/** One function a client: sends one request with a bearer credential and reads the JSON. */

import { Agent as HttpAgent } from 'node:http';
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline';
import { createTributary, route } from '@tributary/api';
import { bearer, cloud } from '@tributary/auth-providers';
import { ATTEMPT, CONSENT, OBSERVE } from '@tributary/pipeline/di';
import { budgetPlugin } from '@tributary/transport/di';
import { undiciTransport } from '@tributary/transport/undici';
import axios from 'axios';
import got from 'got';
import ky from 'ky';
import * as undici from 'undici';

const passThrough = (name) => ({
  name,
  wrap: (next) =>
    function passThrough(call) {
      return next(call);
    },
});

/** Every slot is filled: the defaults, the rate budget, and pass-throughs where a program's own would be. */
const slots = {
  name: 'slots',
  register(registry) {
    registry.add(OBSERVE, { useValue: passThrough('span') });
    registry.add(CONSENT, { useValue: passThrough('note') });
    registry.add(ATTEMPT, { useValue: passThrough('trace') });
    registry.add(ATTEMPT, { useValue: passThrough('attempt-span') });
  },
};

// As many at once as the bench asks for, so that it is the cost that is measured and not the limit.
const budget = budgetPlugin({ concurrency: 256, maxConcurrency: 256 });

const ours = (origin, plugins) => {
  const tributary = createTributary({
    site: cloud(origin),
    app: bearer('token', { base: 'site' }),
    plugins: [slots, budget, ...plugins],
  });
  const send = async (id) => {
    const path = route`/wiki/api/v2/pages/${id}?body-format=${'storage'}`;
    const response = await tributary.api.asApp().requestConfluence(path);
    return response.json();
  };
  return { send, close: () => tributary[Symbol.asyncDispose]() };
};

const headers = {
  accept: 'application/json',
  authorization: 'Bearer token',
  'user-agent': 'bench/1.0',
};

export const BASELINE = 'undici.fetch';

export const openClients = (origin) => {
  const url = (id) => `${origin}/wiki/api/v2/pages/${id}?body-format=storage`;
  const dispatcher = new undici.Agent();
  const httpAgent = new HttpAgent({ keepAlive: true });
  const azure = createDefaultHttpClient();
  const bare = {
    'undici.request': async (id) =>
      (await undici.request(url(id), { headers, dispatcher })).body.json(),
    [BASELINE]: async (id) => (await undici.fetch(url(id), { headers, dispatcher })).json(),
    'native fetch': async (id) => (await fetch(url(id), { headers })).json(),
    ky: (id) => ky(url(id), { headers }).json(),
    got: (id) => got(url(id), { headers, agent: { http: httpAgent } }).json(),
    axios: async (id) => (await axios(url(id), { headers, httpAgent })).data,
    'azure core-rest-pipeline': async (id) => {
      const request = createPipelineRequest({ url: url(id), allowInsecureConnection: true });
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      return JSON.parse((await azure.sendRequest(request)).bodyAsText);
    },
  };
  return {
    'tributary, undici terminal': ours(origin, [undiciTransport()]),
    'tributary, ky terminal': ours(origin, []),
    ...Object.fromEntries(
      Object.entries(bare).map(([name, send]) => [name, { send, close: async () => {} }]),
    ),
    // Last, so that its sockets close last.
    [Symbol.for('shared')]: {
      close: () => Promise.all([dispatcher.destroy(), httpAgent.destroy()]),
    },
  };
};
