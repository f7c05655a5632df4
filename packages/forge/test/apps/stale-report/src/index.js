const { default: api, assumeTrustedRoute, route } = require('@forge/api');

const STALE = 365 * 24 * 60 * 60 * 1000;

const stalePages = async () => {
  const found = [];
  let path = route`/wiki/api/v2/pages?sort=${'modified-date'}&limit=${'10'}`;
  while (path) {
    const response = await api.asApp().requestConfluence(path);
    const { results, _links } = await response.json();
    for (const page of results) {
      if (Date.now() - Date.parse(page.version.createdAt) < STALE) return found;
      found.push(page);
    }
    path = _links.next && assumeTrustedRoute(_links.next);
  }
  return found;
};

exports.run = async () => {
  const pages = await stalePages();
  for (const { id } of pages.slice(0, 3)) {
    const response = await api
      .asApp()
      .requestConfluence(route`/wiki/rest/api/content/${id}/label`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify([{ prefix: 'global', name: 'stale' }]),
      });
    if (!response.ok) throw new Error(`No label for ${id}: ${response.status}`);
  }
  return { statusCode: 204, statusText: `${pages.length} stale pages` };
};
