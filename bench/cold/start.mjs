/** In a process that has done nothing yet: `start.mjs <module> [origin]`. */
const [, , url, origin] = process.argv;

const began = performance.now();
const { open } = await import(url);
const call = open?.(origin);
const imported = performance.now() - began;
// A fetch of the runtime's may not be loaded by the import, but has to be by the first call.
if (call !== undefined) await call();
const answered = call && performance.now() - began;
process.send({ imported, answered }, () => process.exit());
