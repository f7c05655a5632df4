/** RFC 9562, section 4: a cloudId enters URLs, so that nothing else may stand there. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isCloudId = (value: unknown): value is string =>
  typeof value === 'string' && UUID.test(value);
