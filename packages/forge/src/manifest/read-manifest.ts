import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '@tributary/pipeline';
import type { ForgeManifest, UnsupportedPart } from './manifest.js';
import { readModules } from './read-modules.js';
import { readPermissions } from './read-permissions.js';
import { YamlReader } from './yaml-reader.js';

const APP_ARI = 'ari:cloud:ecosystem::app/';

/** Sections beside `modules` that nothing here reads. */
const SECTIONS: Readonly<Record<string, string>> = {
  resources: "the UI is not shown here; its resolver's functions can be called",
  remotes: 'give their addresses as the option remotes: { [key]: { url } }',
  services: 'give their addresses as the option services: { [key]: { url } }',
  providers: 'give third parties as the option externalAuth',
  connectModules: 'modules of Connect are not run here',
  environment: 'set the variables in the environment of this process',
  translations: 'translations are read by install() from the option appCodeDir',
};

const unsupportedSections = (yaml: YamlReader): UnsupportedPart[] =>
  Object.entries(SECTIONS)
    .filter(([section]) => yaml.has([section]))
    .flatMap(([section, reason]) => {
      const keys = yaml.isList([section])
        ? yaml.entries([section], 'entries').map((at) => yaml.value([...at, 'key']))
        : [section];
      const line = yaml.line([section]);
      return keys.map((key) => ({ type: section, key: String(key), line, reason }));
    });

/**
 * Reads the text of a manifest.
 * @param file where it is from, for messages; its folder is the app's
 * @throws ManifestError with each thing that is wrong: file, line, field, and what would be right
 */
export const parseManifest = (text: string, file: string): ForgeManifest => {
  const yaml = new YamlReader(text, file);
  const id = yaml.text(['app', 'id'], {
    pattern: /^ari:cloud:ecosystem::app\/\S+$/,
    hint: `${APP_ARI} and the app's id`,
    isRequired: true,
  });
  const runtime = yaml.text(['app', 'runtime', 'name'], {
    hint: 'a runtime, such as nodejs22.x',
  });
  const modules = readModules(yaml);
  const permissions = readPermissions(yaml);
  if (runtime === 'sandbox') {
    yaml.complain(
      ['app', 'runtime', 'name'],
      'is the runtime that Forge no longer has; apps run on Node: nodejs22.x',
    );
  }
  yaml.finish();
  return {
    file,
    folder: dirname(resolve(file)),
    app: { id: (id ?? '').slice(APP_ARI.length), ...(runtime !== undefined && { runtime }) },
    ...modules,
    permissions,
    unsupported: [...modules.unsupported, ...unsupportedSections(yaml)],
  };
};

const NAMES = ['manifest.yml', 'manifest.yaml'];

const findManifest = (path: string): string => {
  if (!existsSync(path)) throw new ConfigError('manifest', `${path} is not there`);
  if (!statSync(path).isDirectory()) return path;
  const found = NAMES.map((name) => join(path, name)).find((file) => existsSync(file));
  if (found === undefined) throw new ConfigError('manifest', `there is no manifest.yml in ${path}`);
  return found;
};

/**
 * Reads a manifest.
 * @param path the file, or the app's folder
 * @throws ConfigError where there is none; ManifestError as `parseManifest`
 */
export const readManifest = (path: string): ForgeManifest => {
  const file = findManifest(path);
  return parseManifest(readFileSync(file, 'utf8'), file);
};
