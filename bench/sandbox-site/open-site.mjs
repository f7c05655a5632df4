import { forkModule } from '../forked.mjs';

/**
 * A sandbox with limits in a process of its own: `burst` and `quota` as its `limits.cloud`, `pages` to
 * read, and `latencyMs`, which every call takes beside its work.
 */
export const openSite = async (options) => {
  const { ask, end } = forkModule(new URL('./process.mjs', import.meta.url));
  const about = await ask('open', options);
  return {
    ...about,
    /** The pages' API at the gateway, for clients that know no base URL. */
    pagesUrl: `${about.gatewayUrl}/ex/confluence/${about.cloudId}/wiki/api/v2/pages`,
    /** Begins a run at the beginning of a quota's window, nothing spent. */
    begin: () => ask('begin', options.quota?.windowMs ?? 3_600_000),
    /** @returns requests, those `answered` 200, those refused by `burst` and by `quota`, and different `pages` */
    report: () => ask('report'),
    close: end,
  };
};
