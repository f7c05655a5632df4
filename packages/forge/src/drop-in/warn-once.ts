import { dropInOptions } from './current-platform.js';

const warned = new Set<string>();
// A template can be made at run time, so that there could be a new one with each call.
const LIMIT = 1000;

/** Tells whoever runs the app, once each, what Forge lets pass and is a mistake all the same. */
export const warnOnce = (message: string): void => {
  if (warned.has(message) || warned.size >= LIMIT) return;
  warned.add(message);
  const { warn } = dropInOptions();
  if (warn !== undefined) warn(message);
  else process.emitWarning(message, { type: 'ForgeParityWarning' });
};
