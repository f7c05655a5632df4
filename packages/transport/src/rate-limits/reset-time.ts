/** ISO 8601 in UTC or with an offset; Atlassian leaves the seconds out at times. */
const ISO =
  /^(?<date>\d{4}-\d\d-\d\d)T(?<minutes>\d\d:\d\d)(?<seconds>:\d\d(?:\.\d{1,9})?)?(?<zone>Z|[+-]\d\d:?\d\d)?$/;

/** Epoch ms of an `X-RateLimit-Reset`, or `undefined` for anything else. Without a zone: UTC. */
export const parseResetTime = (value: string | null | undefined): number | undefined => {
  const groups = ISO.exec(value?.trim() ?? '')?.groups;
  if (groups === undefined) return undefined;
  const { date, minutes, seconds = ':00', zone = 'Z' } = groups;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const parsed = Date.parse(`${date}T${minutes}${seconds}${offset}`);
  return Number.isNaN(parsed) ? undefined : parsed;
};
