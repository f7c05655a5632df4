// CommonJS in the two forms that Forge apps have.
const api = require('@forge/api');
const { default: defaultApi, route } = require('@forge/api');

exports.title = async (pageId) => {
  const response = await api.asApp().requestConfluence(route`/wiki/api/v2/pages/${pageId}`);
  const again = await defaultApi.asApp().requestConfluence(api.route`/wiki/api/v2/pages/${pageId}`);
  return { title: (await response.json()).title, status: again.status };
};
