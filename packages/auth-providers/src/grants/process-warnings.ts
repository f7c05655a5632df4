import { type Logger, silentLogger } from '@tributary/pipeline';

/** For a store's word that it may lose grants, where nobody gave a logger: Node prints it once. */
export const processWarnings: Logger = {
  ...silentLogger,
  warn: (message) => process.emitWarning(message, 'TributaryWarning'),
};
