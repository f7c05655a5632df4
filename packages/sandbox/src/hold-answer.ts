import type { ServerResponse } from 'node:http';

/** Sends nothing of an answer until `ms` have passed, where its whole body comes with its end. */
export function holdAnswer(response: ServerResponse, ms: number): void {
  if (ms === 0) return;
  const readyAt = performance.now() + ms;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.end = ((...args: unknown[]) => {
    const timer = setTimeout(() => end(...args), Math.max(0, readyAt - performance.now()));
    timer.unref();
    response.once('close', () => clearTimeout(timer));
    return response;
  }) as ServerResponse['end'];
}
