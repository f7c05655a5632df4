import { connect, createServer } from 'node:net';

const HOST = '127.0.0.1';

/** A port on loopback that nobody listens on. */
export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export const isListening = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: HOST });
    const end = (answer) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', end(true)).once('error', end(false)).setTimeout(2_000, end(false));
  });

/** Waits until the port is open (or closed), for at most 20 seconds. */
export const awaitPort = async (port, wanted, what) => {
  const started = Date.now();
  while ((await isListening(port)) !== wanted) {
    if (Date.now() - started > 20_000) throw new Error(`${what} in 20 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};
