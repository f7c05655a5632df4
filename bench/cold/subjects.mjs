/** What a program writes to have each client: its imports, and what comes before its first request. */

const ours = (plugins) => `
  import { createTributary, route } from '@tributary/api';
  import { apiToken, cloud } from '@tributary/auth-providers';
  ${plugins ? "import { undiciTransport } from '@tributary/transport/undici';" : ''}
  export const open = (origin) => {
    const tributary = createTributary({
      site: cloud(origin),
      app: apiToken({ email: 'bench@example.com', token: 'bench' }),
      ${plugins ? 'plugins: [undiciTransport()],' : ''}
    });
    return async () => {
      const response = await tributary.asApp().requestConfluence(route\`/wiki/api/v2/pages/\${1}\`);
      return response.json();
    };
  };`;

const peer = (imports, call) => `
  ${imports}
  const headers = { authorization: 'Basic bench' };
  export const open = (origin) => {
    const url = origin + '/wiki/api/v2/pages/1';
    return async () => ${call};
  };`;

export const SUBJECTS = {
  'tributary, ky terminal': ours(false),
  'tributary, undici terminal': ours(true),
  ky: peer("import ky from 'ky';", 'ky(url, { headers }).json()'),
  undici: peer(
    "import { request } from 'undici';",
    '(await request(url, { headers })).body.json()',
  ),
  got: peer("import got from 'got';", 'got(url, { headers }).json()'),
  axios: peer("import axios from 'axios';", '(await axios(url, { headers })).data'),
  'azure core-rest-pipeline': peer(
    `import { createDefaultHttpClient, createHttpHeaders, createPipelineFromOptions,
      createPipelineRequest } from '@azure/core-rest-pipeline';`,
    `JSON.parse((await createPipelineFromOptions({}).sendRequest(createDefaultHttpClient(),
      createPipelineRequest({ url, headers: createHttpHeaders(headers), allowInsecureConnection: true })
    )).bodyAsText)`,
  ),
  // It makes no call outside Forge.
  '@forge/api': `import api, { route } from '@forge/api'; export const open = undefined; export { api, route };`,
};

/** What a budget compares with what. */
export const OURS = 'tributary, ky terminal';
export const PEER = 'ky';
