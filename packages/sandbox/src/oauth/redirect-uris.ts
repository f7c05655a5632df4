import { listen } from '../listener.js';

/**
 * Loopback URLs at a free port: a server wants them named before the app listens there. The port is kept
 * until `release`, so that none of the sandbox's own takes it.
 */
export const reserveRedirectUris = async () => {
  const { url, close: release } = await listen('callback', 0);
  const { port } = new URL(url);
  return {
    redirectUris: ['localhost', '127.0.0.1'].map((host) => `http://${host}:${port}/callback`),
    release,
  };
};
