/** What a server bundle loads at once; the OAuth library and the browser opener load on first use. */
const forNode = (config) => ({
  ...config,
  platform: 'node',
  external: ['node:*', 'oauth4webapi', 'open'],
});

export default [
  {
    name: 'route',
    path: 'packages/route/dist/index.js',
    import: '{ route }',
    limit: '2 KiB',
    gzip: true,
  },
  {
    name: 'browser client (route, pipeline, bearer, ky terminal)',
    path: 'bench/size/browser-client.mjs',
    limit: '15 KiB',
    gzip: true,
  },
  {
    name: 'api',
    path: 'packages/api/dist/index.js',
    limit: '30 KiB',
    gzip: true,
    modifyEsbuildConfig: forNode,
  },
];
