import { spawn } from 'node:child_process';

/**
 * Runs a command; rejects with what it printed when it fails. `as` is `{ uid, gid }` of another user.
 * A server that it leaves behind keeps no pipe of ours open.
 */
export const run = (command, args, { as = {}, env, isServer = false } = {}) =>
  new Promise((resolve, reject) => {
    const output = isServer ? 'ignore' : 'pipe';
    const child = spawn(command, args, {
      cwd: '/',
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env },
      ...as,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${command} failed (exit code ${code})\n${text.trimEnd()}`.trimEnd()));
    });
  });
