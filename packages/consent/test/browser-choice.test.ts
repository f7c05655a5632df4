import { describe, expect, it } from 'vitest';
import { chooseBrowser, fillIn, readBrowserVariable } from '../src/terminal/browser-choice.js';

const SSH = { SSH_CONNECTION: '198.51.100.4 50022 203.0.113.7 22' };

describe('chooseBrowser', () => {
  it.each([
    ['darwin', {}, 'system'],
    ['win32', {}, 'system'],
    ['linux', {}, 'none'],
    ['linux', { DISPLAY: '' }, 'none'],
    ['linux', { DISPLAY: ':0' }, 'system'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'system'],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, 'system'],
    ['darwin', SSH, 'none'],
    ['darwin', { SSH_TTY: '/dev/ttys001' }, 'none'],
    ['linux', { DISPLAY: 'localhost:10.0', ...SSH }, 'none'],
    ['darwin', { BROWSER: 'none' }, 'none'],
    ['darwin', { BROWSER: '' }, 'system'],
    ['linux', { BROWSER: 'firefox' }, 'commands'],
    ['linux', { BROWSER: '/opt/editor/open-at-the-other-end', ...SSH }, 'commands'],
  ] as const)('%s %o: %s', (platform, env, kind) => {
    expect(chooseBrowser({ openBrowser: true }, env, platform).kind).toBe(kind);
    expect(chooseBrowser({ openBrowser: false }, env, platform).kind).toBe('none');
  });

  it('goes by what the app itself gives, whatever the surroundings', () => {
    const open = () => {};
    for (const env of [{}, SSH, { BROWSER: 'none' }, { BROWSER: 'firefox' }]) {
      const choice = chooseBrowser({ openBrowser: true, open }, env, 'linux');
      expect(choice).toEqual({ kind: 'given', open });
    }
  });
});

describe('BROWSER', () => {
  it.each([
    ['firefox', [['firefox', '%s']]],
    ['firefox -P work %s --new-tab', [['firefox', '-P', 'work', '%s', '--new-tab']]],
    [
      'a:b %s:c',
      [
        ['a', '%s'],
        ['b', '%s'],
        ['c', '%s'],
      ],
    ],
    [`"/opt/My Browser/run" 'two words'`, [['/opt/My Browser/run', 'two words', '%s']]],
    ['::', []],
    ['', []],
    ['""', []],
  ])('%s', (value, commands) => {
    expect(readBrowserVariable(value, ':')).toEqual(commands);
  });

  it('keeps the address one word, whatever is in it', () => {
    const url = 'https://auth.example/?a=1&b=$(c);"d" %s';
    expect(fillIn(['sh', '%s', '--url=%s', '100%%'], url)).toEqual([
      'sh',
      url,
      `--url=${url}`,
      '100%',
    ]);
  });
});
