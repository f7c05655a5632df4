import { parseHttpDate } from '../retry/http-date.js';

/** The server's own clock, where it tells it: ours may go wrong by minutes. Epoch ms. */
export const serverTime = (headers: Pick<Headers, 'get'>, nowMs: number): number =>
  parseHttpDate(headers.get('date') ?? '', nowMs) ?? nowMs;
