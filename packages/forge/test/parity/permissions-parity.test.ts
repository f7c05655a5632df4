import type * as forge from '@forge/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as dropIn from '../../src/drop-in/index.js';
import { forgeApi as real } from '../support/forge-api.js';
import { outcomeOf } from './outcome.js';
import { type StandIn, standIn, withGlobals } from './stand-in.js';

const ours = dropIn as unknown as typeof forge;
const as = <T>(value: unknown): T => value as T;

const granting = (external: object, scopes: unknown = []): StandIn =>
  standIn([], (given) => ({
    ...given,
    appContext: { ...given.appContext, permissions: { external, scopes: as<string[]>(scopes) } },
  }));

const uses: Record<string, (permissions: typeof forge.permissions) => unknown> = {
  nothing: (p) => p.hasPermission({}),
  'a scope': (p) => p.hasPermission({ scopes: ['read:page:confluence'] }),
  'scopes of which some lack': (p) =>
    p.hasPermission({ scopes: ['read:page:confluence', 'write:page:confluence', 'x'] }),
  'no scopes': (p) => p.hasPermission({ scopes: [] }),
  hasScope: (p) => [p.hasScope('read:page:confluence'), p.hasScope('other')],
  'hosts that lack': (p) =>
    p.hasPermission({
      external: {
        fetch: {
          backend: ['https://api.example.com/x', 'evil.example'],
          client: [{ address: 'https://cdn.example.com/a/b' }],
        },
        images: ['https://images.example.com', { address: 'other.example' }],
        fonts: ['fonts.example'],
        styles: [],
      },
    }),
  'hosts that are there': (p) =>
    p.hasPermission({ external: { fetch: { backend: ['x.example.org'] } } }),
  'a remote': (p) =>
    p.hasPermission({ external: { fetch: { backend: [{ remote: 'my-remote' }] } } }),
  'no hosts': (p) => p.hasPermission({ external: { fetch: {}, images: [] } }),
  configurable: (p) => p.hasPermission(as({ external: { configurable: { enabled: true } } })),
  'as text': (p) =>
    p
      .hasPermission({
        scopes: ['a', 'b'],
        external: { fetch: { backend: ['c'], client: ['d'] }, media: ['e', 'f'] },
      })
      .missing?.format(),
  'as text, scopes alone': (p) => p.hasPermission({ scopes: ['a'] }).missing?.format(),
  canFetchFrom: (p) => [
    p.canFetchFrom('backend', 'https://api.example.com/any'),
    p.canFetchFrom('backend', 'http://api.example.com'),
    p.canFetchFrom('client', 'https://cdn.example.com/a/b'),
    p.canFetchFrom('client', 'https://cdn.example.com/b'),
  ],
  'canFetchFrom of another kind': (p) => p.canFetchFrom(as('server'), 'x'),
  canLoadResource: (p) => [
    p.canLoadResource('images', 'https://images.example.com'),
    p.canLoadResource('fonts', 'x'),
  ],
  'canLoadResource of another kind': (p) => p.canLoadResource(as('navigation'), 'x'),
  'an unknown field': (p) => p.hasPermission(as({ scope: [], more: 1 })),
  'an unknown kind': (p) => p.hasPermission(as({ external: { sounds: [] } })),
  'an unknown side': (p) => p.hasPermission(as({ external: { fetch: { server: [] } } })),
  'scopes that are text': (p) => p.hasPermission(as({ scopes: 'a' })),
  'scopes that are null': (p) => p.hasPermission(as({ scopes: null })),
  'external that is a list': (p) => p.hasPermission(as({ external: [] })),
  'external that is null': (p) => p.hasPermission(as({ external: null })),
  'fetch that is text': (p) => p.hasPermission(as({ external: { fetch: 'a' } })),
  'fetch of text': (p) => p.hasPermission(as({ external: { fetch: { backend: 'a' } } })),
  'images of text': (p) => p.hasPermission(as({ external: { images: 'a' } })),
};

const seen = async (
  api: typeof forge,
  use: (p: typeof forge.permissions) => unknown,
  platform: StandIn,
) => {
  const outcome = await withGlobals(platform, () => outcomeOf(() => use(api.permissions)));
  return { ...outcome, metrics: platform.metrics };
};

describe('permissions say what they say in Forge', () => {
  it.each(Object.entries(uses))('%s', async (_, use) => {
    expect(await seen(ours, use, standIn())).toStrictEqual(await seen(real, use, standIn()));
  });

  it('scopes in the form of a map, nothing granted', async () => {
    const use = (p: typeof forge.permissions) => [p.hasScope('a'), p.canFetchFrom('backend', 'a')];
    const granted = () => granting({}, { a: {} });
    expect(await seen(ours, use, granted())).toStrictEqual(await seen(real, use, granted()));
  });

  const host = fc.constantFrom(
    'a.example',
    'b.a.example',
    'xa.example',
    '*.example',
    '*.a.example',
    'a*.example',
    'localhost',
  );
  const protocol = fc.constantFrom('', 'https://', 'http://', 'wss://', 'ws://', '//');
  const path = fc.constantFrom('', '/', '/p', '/p/', '/p/q', '/p?x=1', '?x', '#y', '/p/#/z');
  const address = fc.tuple(protocol, host, path).map((parts) => parts.join(''));

  it('of hosts, paths and protocols in any combination', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 9, arbitrary: address }, fc.constant('*')), { maxLength: 3 }),
        address,
        async (granted, wanted) => {
          const use = (p: typeof forge.permissions) => [
            p.canFetchFrom('backend', wanted),
            p.canFetchFrom('client', wanted),
            p.canLoadResource('media', wanted),
          ];
          const stand = () =>
            granting({ fetch: { backend: granted, client: granted }, media: granted });
          expect((await seen(ours, use, stand())).value).toStrictEqual(
            (await seen(real, use, stand())).value,
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    'https://evil.example\\@x.a.example',
    'https://x.a.example@evil.example',
    'https://evil.example\t.a.example',
  ])('but %j is not on the list, of which a URL parser reads another host', async (url) => {
    const stand = granting({ fetch: { backend: ['*.a.example', '*.example'] } });
    const can = (p: typeof forge.permissions) => p.canFetchFrom('backend', url);
    expect((await seen(ours, can, stand)).value).toBe(false);
  });
});
