/** Answers every request with one Confluence page, in a process of its own; prints its port. */
import { createServer } from 'node:http';

const page = JSON.stringify({
  id: '98437',
  status: 'current',
  title: 'Release notes, week 42',
  spaceId: '65538',
  parentId: '98304',
  parentType: 'page',
  position: 137,
  authorId: '5b10ac8d82e05b22cc7d4ef5',
  ownerId: '5b10ac8d82e05b22cc7d4ef5',
  createdAt: '2026-10-12T08:21:44.251Z',
  version: { number: 7, message: '', minorEdit: false, createdAt: '2026-10-19T14:02:09.913Z' },
  body: { storage: { representation: 'storage', value: '<p>Plain words.</p>'.repeat(40) } },
  _links: { webui: '/spaces/ENG/pages/98437/Release+notes', tinyui: '/x/hYAB', editui: '/pages/e' },
});

// What Confluence Cloud's edge sends along.
const headers = {
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(page),
  server: 'AtlassianEdge',
  'cache-control': 'no-cache, no-store, must-revalidate',
  expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
  'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
  vary: 'Accept-Encoding',
  'x-content-type-options': 'nosniff',
  'x-xss-protection': '1; mode=block',
  'atl-traceid': '5f0c7b6a1d5c4a0f9a3d0a2a7a3f3f61',
  'atl-request-id': '5f0c7b6a-1d5c-4a0f-9a3d-0a2a7a3f3f61',
  'x-ratelimit-limit': '1000000',
  'x-ratelimit-remaining': '999999',
};

const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
  response.writeHead(200, headers).end(page);
});
server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
