/** ISO 8601, without the ms where there are none. */
export const isoTime = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
