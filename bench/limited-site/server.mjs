/**
 * A site with Confluence-like limits, scaled down, in a thread of its own: a burst limit for each
 * endpoint that nobody publishes, and a quota of points per window that is told when 80 % is used, unless
 * `isSilent`.
 * `{ reset }` begins a new run; `{ report }` tells what happened in it.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { burst, quota, windowMs, cost, latencyMs, isSilent = false } = workerData;

let run;
const begin = () => {
  run = {
    at: performance.now(),
    tokens: burst,
    filledAt: performance.now(),
    window: 0,
    left: quota,
  };
  Object.assign(run, { requests: 0, refused: 0, pages: new Set() });
};
begin();

const refill = (now) => {
  run.tokens = Math.min(burst, run.tokens + ((now - run.filledAt) * burst) / 1000);
  run.filledAt = now;
  const window = Math.floor((now - run.at) / windowMs);
  if (window > run.window) Object.assign(run, { window, left: quota });
};

// The window is scaled down from an hour, so that its end is told in fractions of a second.
const secondsLeft = (now) => ((run.window + 1) * windowMs - (now - run.at)) / 1000;

const server = createServer((request, response) => {
  const now = performance.now();
  refill(now);
  run.requests += 1;
  const refuse = (headers) => {
    run.refused += 1;
    setTimeout(() => response.writeHead(429, headers).end(), latencyMs);
  };
  if (run.tokens < 1) {
    refuse({ 'retry-after': '1', 'ratelimit-reason': 'confluence-burst-based' });
    return;
  }
  run.tokens -= 1;
  const seconds = secondsLeft(now);
  if (run.left < cost) {
    const resetAt = new Date(Date.now() + seconds * 1000).toISOString();
    refuse({
      'retry-after': seconds.toFixed(3),
      'x-ratelimit-reset': resetAt,
      'ratelimit-reason': 'confluence-quota-tenant-based',
    });
    return;
  }
  run.left -= cost;
  run.pages.add(request.url);
  const headers = { 'content-type': 'application/json' };
  if (!isSilent && run.left < quota * 0.2) {
    headers['beta-ratelimit'] = `"tenant-app-quota";r=${run.left};t=${seconds.toFixed(3)}`;
  }
  setTimeout(() => response.writeHead(200, headers).end('{"id":"1","title":"A page"}'), latencyMs);
});
server.keepAliveTimeout = 60_000;

await once(server.listen(0, '127.0.0.1'), 'listening');
parentPort.on('message', (message) => {
  if (message === 'reset') {
    begin();
    // Or one client's ten thousand sockets leave none for the next.
    server.closeAllConnections();
  }
  const { requests, refused, pages } = run;
  parentPort.postMessage({ requests, refused, pages: pages.size });
});
parentPort.postMessage({ port: server.address().port });
