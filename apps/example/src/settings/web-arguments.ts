import { ConfigError } from '@tributary/pipeline';

/** What belongs to `--web`. */
export interface WebOptions {
  /** 0 to 65535; 0 is a free port. */
  readonly port?: number;
  /** The one page of a real site that may be written to. */
  readonly write?: string;
  /** Where a real site's grants are kept. Default: in memory. */
  readonly grants?: string;
}

interface Values {
  readonly web: boolean;
  readonly port?: string | undefined;
  readonly write?: string | undefined;
  readonly grants?: string | undefined;
  readonly forge?: string | undefined;
}

/** @throws ConfigError naming the argument */
export const readWeb = (values: Values): WebOptions | undefined => {
  const { web, port, write, grants } = values;
  if (!web) {
    for (const name of ['port', 'write', 'grants'] as const) {
      if (values[name] !== undefined) throw new ConfigError(`--${name}`, 'goes with --web');
    }
    return undefined;
  }
  if (values.forge !== undefined) throw new ConfigError('--forge', 'goes without --web');
  if (write !== undefined && !/^[1-9]\d{0,18}$/.test(write)) {
    throw new ConfigError('--write', 'must be the id of a page, such as 98311');
  }
  if (grants === '') throw new ConfigError('--grants', 'must name a file');
  return {
    ...(port !== undefined && { port: readPort(port) }),
    ...(write !== undefined && { write }),
    ...(grants !== undefined && { grants }),
  };
};

const readPort = (value: string): number => {
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new ConfigError('--port', 'must be a number from 0 to 65535, 0 for a free port');
};
