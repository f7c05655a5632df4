import type { ForgeResponse } from './forge-fetch.js';

/** An answer of the platform's own instead of the product's: code written for Forge makes an error of it. */
export const proxyAnswer = (status: number, code: string): ForgeResponse =>
  new Response(null, { status, headers: { 'forge-proxy-error': code } });
