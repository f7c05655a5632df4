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
  const startAt = new Date(Date.now() + firstRun);
  const jobs = new Map(
    triggers.map(({ key, interval }) => [
      key,
      new Cron('* * * * * *', { startAt, interval: SECONDS[interval], protect: true }, () =>
        run(key),
      ),
    ]),
  );
  return {
    nextRun: (key) => jobs.get(key)?.nextRun() ?? undefined,
    stop() {
      for (const job of jobs.values()) job.stop();
    },
  };
};
