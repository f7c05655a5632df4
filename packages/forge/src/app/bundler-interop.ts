import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { fileURLToPath } from 'node:url';
import { types } from 'node:util';

const MARK = '?forge-interop';

/**
 * Whether a bundler takes `import x from` of this file for the `default` of a CommonJS module that is made
 * of ESM, as Forge's does: where Node's own rules are not asked for by `.mjs` or `"type": "module"`.
 */
export const hasBundlerInterop = (url: string): boolean => {
  if (/\.m[jt]s$/.test(url)) return false;
  const file = findPackageJSON(url);
  if (file === undefined) return true;
  return JSON.parse(readFileSync(file, 'utf8')).type !== 'module';
};

/** The address of an ESM face of a CommonJS module that was ESM once; its own for every other module. */
export const interopUrl = (url: string): string => {
  if (!url.startsWith('file:') || url.includes('?') || !/\.c?js$/.test(url)) return url;
  const path = fileURLToPath(url);
  const loaded: unknown = createRequire(path)(path);
  const isTranspiled =
    typeof loaded === 'object' &&
    loaded !== null &&
    '__esModule' in loaded &&
    'default' in loaded &&
    !types.isModuleNamespaceObject(loaded);
  return isTranspiled ? url + MARK : url;
};

/** The source of such a face; undefined for every other address. */
export const interopSource = (url: string): string | undefined => {
  if (!url.endsWith(MARK)) return undefined;
  const path = fileURLToPath(url.slice(0, -MARK.length));
  const names = Object.keys(createRequire(path)(path)).filter((name) => name !== 'default');
  const exported = names.map(
    (name, at) =>
      `const e${at} = it[${JSON.stringify(name)}]; export { e${at} as ${JSON.stringify(name)} };`,
  );
  const from = JSON.stringify(path);
  return `import { createRequire } from 'node:module';
const it = createRequire(${from})(${from});
export default it.default;
${exported.join('\n')}
`;
};
