import type { LogFields, Logger } from '@tributary/pipeline';

export interface LogEntry {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that remembers its lines. */
export interface CollectedLogs extends Logger {
  readonly entries: LogEntry[];
  /** All of it, as JSON: for asserting that something is not in there. */
  text(): string;
}

const listeners = new Set<(entry: LogEntry) => void>();

/**
 * Tells of each line that any of these loggers collects from now on, so that a whole suite's can be
 * searched for what must not be there. The function that it gives ends it.
 */
export const onLogLine = (listener: (entry: LogEntry) => void): (() => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export const collectLogs = (): CollectedLogs => {
  const entries: LogEntry[] = [];
  const collect =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      const entry = { level, message, fields };
      entries.push(entry);
      for (const listener of listeners) listener(entry);
    };
  return {
    entries,
    text: () => JSON.stringify(entries),
    debug: collect('debug'),
    info: collect('info'),
    warn: collect('warn'),
    error: collect('error'),
  };
};
