import type { Tributary } from '@tributary/api';
import { afterAll, afterEach } from 'vitest';
import { type InstallOptions, install } from '../../src/index.js';
import { openRecorder, type Recorder } from './recorder.js';

/** A recorder for the tests of a file: each finds it empty, and it is closed after the last. */
export const recorderOfFile = async (): Promise<Recorder> => {
  const server = await openRecorder();
  afterEach(() => {
    server.arrived.length = 0;
  });
  afterAll(() => server[Symbol.asyncDispose]());
  return server;
};

export interface Installed {
  /** `install`, until the end of the test. */
  begin(options?: InstallOptions, client?: Tributary): void;
  /** Ends it earlier. */
  dispose(): void;
}

/** Installs a client in tests of a file, after the last of which it is closed. */
export const installed = (tributary: Tributary, defaults: InstallOptions = {}): Installed => {
  let end = () => {};
  const dispose = () => end();
  afterEach(dispose);
  afterAll(() => tributary[Symbol.asyncDispose]());
  return {
    begin(options = {}, client = tributary) {
      end = install(client, { ...defaults, ...options });
    },
    dispose,
  };
};
