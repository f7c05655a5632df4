import type { ForgeExternal, ForgeHost, ForgePermissions } from '../platform/forge-runtime.js';
import type { FieldPath, YamlReader } from './yaml-reader.js';

const SCOPES: FieldPath = ['permissions', 'scopes'];
const EXTERNAL: FieldPath = ['permissions', 'external'];
const KINDS = ['fonts', 'styles', 'frames', 'images', 'media', 'scripts'] as const;

/** A list of scopes; or a map, where scopes have settings such as `allowImpersonation`. */
const readScopes = (yaml: YamlReader): readonly string[] => {
  if (yaml.isMap(SCOPES)) return yaml.keys(SCOPES, 'scopes');
  return yaml
    .entries(SCOPES, 'scopes')
    .map((at) => yaml.text(at, { hint: 'a scope, such as read:page:confluence' }))
    .filter((scope) => scope !== undefined);
};

const readHosts = (yaml: YamlReader, path: FieldPath): readonly ForgeHost[] =>
  yaml.entries(path, 'hosts').flatMap((at): ForgeHost[] => {
    const hint = 'a host, such as "*.example.com"';
    for (const name of ['address', 'remote'] as const) {
      if (!yaml.isMap(at) || !yaml.has([...at, name])) continue;
      const value = yaml.text([...at, name], { hint });
      return value === undefined ? [] : [{ [name]: value } as ForgeHost];
    }
    const host = yaml.text(at, { hint: `${hint}, or { address }` });
    return host === undefined ? [] : [host];
  });

/** `permissions` of a manifest. What is wrong is told to the reader. */
export const readPermissions = (
  yaml: YamlReader,
): ForgePermissions & { readonly scopes: readonly string[]; readonly external: ForgeExternal } => {
  const external: Record<string, unknown> = {};
  const backend = [...EXTERNAL, 'fetch', 'backend'];
  const client = [...EXTERNAL, 'fetch', 'client'];
  // Without it no host may be called, as in Forge.
  external.fetch = {
    backend: readHosts(yaml, backend),
    ...(yaml.has(client) && { client: readHosts(yaml, client) }),
  };
  for (const kind of KINDS) {
    if (yaml.has([...EXTERNAL, kind])) external[kind] = readHosts(yaml, [...EXTERNAL, kind]);
  }
  return { scopes: readScopes(yaml), external };
};
