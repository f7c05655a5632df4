/** More than any app has mistakes; a message can hold a template that is made at run time. */
const MOST = 1000;

/** Tells whoever runs the app, once each, what Forge lets pass and is a mistake all the same. */
export const warnings = (
  warn: (message: string) => void = (message) =>
    process.emitWarning(message, { type: 'ForgeParityWarning' }),
): ((message: string) => void) => {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message) || told.size >= MOST) return;
    told.add(message);
    warn(message);
  };
};
