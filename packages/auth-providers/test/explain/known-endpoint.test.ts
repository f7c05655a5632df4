import { expect, test } from 'vitest';
import { findKnownEndpoint } from '../../src/explain/known-endpoint.js';

const PAGE = {
  template: '/wiki/api/v2/pages/{}',
  classic: [],
  granular: ['read:page:confluence'],
};

test.for([
  ['/wiki/api/v2/pages/{}', 'GET', PAGE],
  ['/wiki/api/v2/pages/123?body-format=storage', 'GET', PAGE],
  ['/rest/api/content/7/label', 'POST', { template: '/wiki/rest/api/content/{}/label' }],
  ['/wiki/api/v2/pages/123', 'PATCH', undefined],
  ['/wiki/api/v2/no-such', 'GET', undefined],
  ['/wiki/rest/api/constructor', 'GET', undefined],
] as const)('%s %s', ([path, method, known]) => {
  const found = findKnownEndpoint(path, method);
  if (known === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(known);
});
