import { Cron } from 'croner';
import type { ScheduledTriggerModule, ScheduleInterval } from '../manifest/manifest.js';

/** Forge: "Scheduled trigger", in seconds. */
const SECONDS: Readonly<Record<ScheduleInterval, number>> = {
  fiveMinute: 300,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
};

export interface Schedule {
  nextRun(key: string): Date | undefined;
  stop(): void;
}

/**
 * Runs scheduled triggers as Forge does: each first `firstRun` ms from now, and then at its interval. A run
 * that lasts longer than its interval is not begun a second time meanwhile.
 */
export const startSchedule = (
  triggers: readonly ScheduledTriggerModule[],
  firstRun: number,
  run: (key: string) => Promise<void>,
): Schedule => {
  const firstAt = Date.now() + firstRun;
  const jobs = new Map(
    triggers.map(({ key, interval }) => {
      const seconds = SECONDS[interval];
      // Two jobs: one with an interval leaves out a `startAt` that is now, or past when it is made.
      const first = new Cron(new Date(firstAt), { allowPast: true }, () => run(key));
      const startAt = new Date(firstAt + seconds * 1_000);
      const later = new Cron('* * * * * *', { startAt, interval: seconds, protect: true }, () =>
        first.isBusy() ? undefined : run(key),
      );
      return [key, { first, later }];
    }),
  );
  return {
    nextRun: (key) => jobs.get(key)?.first.nextRun() ?? jobs.get(key)?.later.nextRun() ?? undefined,
    stop() {
      for (const { first, later } of jobs.values()) {
        first.stop();
        later.stop();
      }
    },
  };
};
