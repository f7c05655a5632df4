import { ownEntry } from '../own-entry.js';
import type {
  CallingModule,
  EventTriggerModule,
  FunctionModule,
  HandlerName,
  ScheduledTriggerModule,
  ScheduleInterval,
  StaticOutput,
  UnsupportedPart,
  WebTriggerModule,
} from './manifest.js';
import type { FieldPath, YamlReader } from './yaml-reader.js';

/** Forge: "Manifest", the keys of modules. */
const KEY = /^[a-zA-Z0-9_-]+$/;
const KEY_HINT = 'a key of letters, digits, "_" and "-"';
/** Forge: "Function", `file.function`; folders below the code's are left as they are. */
const HANDLER = /^(?!.*(?:^|\/)\.)([\w-]+(?:\/[\w-]+)*)\.(\w[\w$-]*)$/;
const INTERVALS: readonly ScheduleInterval[] = ['fiveMinute', 'hour', 'day', 'week'];

/** Modules of which only what they are instead can be said. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  consumer:
    'there are no queues of @forge/events here; call its function by hand, or use a queue of your own',
  fifoConsumer: 'there are no queues of @forge/events here; use a queue of your own',
  endpoint: 'remotes are called where invokeRemote() is, by the option remotes',
  remote: 'remotes are called where invokeRemote() is, by the option remotes',
  sql: 'use a database of your own, or the option capabilities',
  objectStore: 'use an object store of your own, or the option capabilities',
  event: 'no events of apps are published here',
  llm: 'use a model of your own',
  workflow: 'no workflows are run here',
  action: 'no agent calls actions here; call its function by hand',
};

export interface ManifestModules {
  readonly functions: readonly FunctionModule[];
  readonly resolvers: readonly CallingModule[];
  readonly webTriggers: readonly WebTriggerModule[];
  readonly scheduledTriggers: readonly ScheduledTriggerModule[];
  readonly eventTriggers: readonly EventTriggerModule[];
  readonly unsupported: readonly UnsupportedPart[];
}

interface Found {
  readonly functions: FunctionModule[];
  readonly resolvers: CallingModule[];
  readonly webTriggers: WebTriggerModule[];
  readonly scheduledTriggers: ScheduledTriggerModule[];
  readonly eventTriggers: EventTriggerModule[];
  readonly unsupported: UnsupportedPart[];
  /** Lines of the keys of functions, also of those that are wrong otherwise. */
  readonly keys: Map<string, number>;
  /** Where functions are named. */
  readonly named: { readonly path: FieldPath; readonly name: string }[];
}

/** `modules` of a manifest. What is wrong is told to the reader. */
export const readModules = (yaml: YamlReader): ManifestModules => {
  const found: Found = {
    functions: [],
    resolvers: [],
    webTriggers: [],
    scheduledTriggers: [],
    eventTriggers: [],
    unsupported: [],
    keys: new Map(),
    named: [],
  };
  if (!yaml.has(['modules'])) yaml.complain(['modules'], 'is missing: give the modules of the app');
  for (const type of yaml.keys(['modules'], 'modules by their types')) {
    for (const path of yaml.entries(['modules', type], 'modules')) {
      const read = READERS[type] ?? readOther;
      read(yaml, path, type, found);
    }
  }
  checkNames(yaml, found);
  const { keys: _, named: __, ...modules } = found;
  return modules;
};

type ReadModule = (yaml: YamlReader, path: FieldPath, type: string, found: Found) => void;

const keyOf = (yaml: YamlReader, path: FieldPath): string | undefined =>
  yaml.text([...path, 'key'], { pattern: KEY, hint: KEY_HINT, isRequired: true });

const readHandler = (yaml: YamlReader, path: FieldPath): HandlerName | undefined => {
  const text = yaml.text([...path, 'handler'], {
    pattern: HANDLER,
    hint: 'file.function, such as index.run',
    isRequired: true,
  });
  const [, file, name] = HANDLER.exec(text ?? '') ?? [];
  return file === undefined || name === undefined ? undefined : { file, name };
};

const readFunction: ReadModule = (yaml, path, _type, found) => {
  const key = keyOf(yaml, path);
  const handler = readHandler(yaml, path);
  const timeoutSeconds = yaml.number([...path, 'timeoutSeconds'], 1, 900);
  if (key !== undefined) {
    const earlier = found.keys.get(key);
    if (earlier !== undefined) {
      yaml.complain([...path, 'key'], `is ${key} a second time; the first is in line ${earlier}`);
    }
    found.keys.set(key, yaml.line([...path, 'key']));
  }
  if (key === undefined || handler === undefined) return;
  found.functions.push({
    key,
    handler,
    ...yaml.place([...path, 'handler']),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  });
};

/** Those that call a function of the app themselves; one with an endpoint calls a server of the app's own. */
const readCalling = (
  yaml: YamlReader,
  path: FieldPath,
  type: string,
  found: Found,
): CallingModule | undefined => {
  const key = keyOf(yaml, path);
  if (key === undefined) return undefined;
  const isRemote = yaml.has([...path, 'endpoint']) && !yaml.has([...path, 'function']);
  if (isRemote) {
    found.unsupported.push({
      type,
      key,
      line: yaml.line(path),
      reason: 'it calls an endpoint, not a function; call your server yourself',
    });
    return undefined;
  }
  const name = yaml.text([...path, 'function'], {
    hint: 'the key of a function module',
    isRequired: true,
  });
  if (name === undefined) return undefined;
  found.named.push({ path: [...path, 'function'], name });
  return { type, key, function: name, ...yaml.place([...path, 'function']) };
};

const readWebTrigger: ReadModule = (yaml, path, type, found) => {
  const module = readCalling(yaml, path, type, found);
  const kind = yaml.text([...path, 'response', 'type'], {
    pattern: /^(?:static|dynamic)$/,
    hint: 'static or dynamic',
  });
  const outputs: StaticOutput[] = [];
  for (const at of yaml.entries([...path, 'response', 'outputs'], 'outputs')) {
    const key = yaml.text([...at, 'key'], { hint: 'the key of an output', isRequired: true });
    const statusCode = yaml.number([...at, 'statusCode'], 200, 599, true);
    const contentType = yaml.text([...at, 'contentType'], { hint: 'a media type' });
    const body = yaml.text([...at, 'body'], { hint: 'a text' });
    if (key === undefined || statusCode === undefined) continue;
    outputs.push({
      key,
      statusCode,
      ...(contentType !== undefined && { contentType }),
      ...(body !== undefined && { body }),
    });
  }
  if (kind === 'static' && outputs.length === 0) {
    yaml.complain([...path, 'response', 'outputs'], 'is missing: a static web trigger needs them');
  }
  if (module === undefined) return;
  found.webTriggers.push({ ...module, ...(kind === 'static' && { outputs }) });
};

const readScheduledTrigger: ReadModule = (yaml, path, type, found) => {
  const module = readCalling(yaml, path, type, found);
  const interval = yaml.text([...path, 'interval'], {
    pattern: new RegExp(`^(?:${INTERVALS.join('|')})$`),
    hint: `one of ${INTERVALS.join(', ')}`,
    isRequired: true,
  });
  if (module === undefined || interval === undefined) return;
  found.scheduledTriggers.push({ ...module, interval: interval as ScheduleInterval });
};

const readEventTrigger: ReadModule = (yaml, path, type, found) => {
  const module = readCalling(yaml, path, type, found);
  const events = yaml.entries([...path, 'events'], 'events').map((at) =>
    // Events with a filter of their own are maps.
    yaml.isMap(at)
      ? yaml.keys(at, 'events')[0]
      : yaml.text(at, { hint: 'an event, such as avi:confluence:created:page' }),
  );
  if (!yaml.has([...path, 'events'])) {
    yaml.complain([...path, 'events'], 'is missing: give the events that call the function');
  }
  if (module === undefined) return;
  found.eventTriggers.push({
    ...module,
    events: events.filter((event) => event !== undefined),
  });
};

/** All others: those with a resolver are part of the UI. */
const readOther: ReadModule = (yaml, path, type, found) => {
  const key = keyOf(yaml, path);
  if (key === undefined) return;
  const line = yaml.line(path);
  const unsupported = (reason: string) => found.unsupported.push({ type, key, line, reason });
  const known = ownEntry(UNSUPPORTED, type);
  if (known !== undefined) {
    unsupported(known);
    return;
  }
  if (!yaml.has([...path, 'resolver'])) {
    unsupported(
      yaml.has([...path, 'function'])
        ? 'nothing of the product calls it here; call its function by hand'
        : 'its UI is not shown here, and it has no resolver',
    );
    return;
  }
  const at = [...path, 'resolver', 'function'];
  if (!yaml.has(at)) {
    unsupported('its resolver is an endpoint, not a function; call your server yourself');
    return;
  }
  const name = yaml.text(at, { hint: 'the key of a function module' });
  if (name === undefined) return;
  found.named.push({ path: at, name });
  found.resolvers.push({ type, key, function: name, ...yaml.place(at) });
};

const READERS: Readonly<Record<string, ReadModule>> = {
  __proto__: null as never,
  function: readFunction,
  webtrigger: readWebTrigger,
  scheduledTrigger: readScheduledTrigger,
  trigger: readEventTrigger,
};

/** Functions that are named exist. */
const checkNames = (yaml: YamlReader, { keys, named }: Found): void => {
  const known = [...keys.keys()].join(', ') || 'none';
  for (const { path, name } of named) {
    if (keys.has(name)) continue;
    yaml.complain(path, `names the function ${name}, which is not there; there is: ${known}`);
  }
};
