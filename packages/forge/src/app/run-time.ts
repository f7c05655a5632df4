/** Forge: "Invocation limits", in ms. Those of scheduled triggers are what `timeoutSeconds` may change. */
export const RUN_TIME = { page: 25_000, event: 25_000, webTrigger: 55_000, scheduled: 55_000 };

/**
 * Tells where something runs for longer than Forge lets it. It goes on: what runs can't be ended from outside,
 * and need not be here.
 * @returns ends the watch
 */
export const watchRunTime = (
  what: string,
  limit: number,
  warn: (message: string) => void,
): (() => void) => {
  const timer = setTimeout(
    () => warn(`${what} runs for longer than ${limit / 1000} s, where Forge ends it.`),
    limit,
  );
  timer.unref?.();
  return () => clearTimeout(timer);
};
