// A browser whose person grants at once. The code is what it was started with.
const words = process.argv.slice(2);
const address = new URL(
  words.find((word) => word.includes('redirect_uri=')).replace(/^--url=/, ''),
);
const callback = new URL(address.searchParams.get('redirect_uri'));
callback.searchParams.set('state', address.searchParams.get('state'));
callback.searchParams.set('code', JSON.stringify(words));
await fetch(callback);
