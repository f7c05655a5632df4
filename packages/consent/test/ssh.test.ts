import { describe, expect, it } from 'vitest';
import { forwardCommand } from '../src/terminal/ssh.js';

const connection = (rest: string) => ({ SSH_CONNECTION: `198.51.100.4 50022 ${rest}` });

describe('forwardCommand', () => {
  it.each([
    [
      'http://localhost:53682/callback',
      { ...connection('203.0.113.7 22'), USER: 'ada' },
      'ssh -N -L 53682:localhost:53682 ada@203.0.113.7',
    ],
    [
      'http://127.0.0.1:53682/callback',
      { ...connection('203.0.113.7 2222'), LOGNAME: 'ada' },
      'ssh -N -p 2222 -L 127.0.0.1:53682:127.0.0.1:53682 ada@203.0.113.7',
    ],
    [
      'http://[::1]:53682/callback',
      connection('2001:db8::7 22'),
      'ssh -N -L [::1]:53682:[::1]:53682 2001:db8::7',
    ],
    [
      'http://localhost/callback',
      { SSH_TTY: '/dev/pts/1', USER: 'ada' },
      'ssh -N -L 80:localhost:80 ada@this-machine',
    ],
  ])('%s', (redirectUri, env, command) => {
    expect(forwardCommand(new URL(redirectUri), env)).toBe(command);
  });

  it.each([
    ['a user', { ...connection('203.0.113.7 22'), USER: '-oProxyCommand=x;y' }],
    ['a machine', { ...connection('$(reboot) 22'), USER: 'ada' }],
    ['a port', { ...connection('203.0.113.7 22;reboot'), USER: 'ada' }],
  ])('takes no command for %s', (_, env) => {
    expect(forwardCommand(new URL('http://localhost:1/'), env)).toMatch(/^[\w@.: -]+$/);
  });
});
