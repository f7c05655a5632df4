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

export const collectLogs = (): CollectedLogs => {
  const entries: LogEntry[] = [];
  const collect =
    (level: keyof Logger) =>
    (message: string, fields: LogFields = {}) => {
      entries.push({ level, message, fields });
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
