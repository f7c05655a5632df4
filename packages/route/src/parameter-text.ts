import { refuse } from './route-error.js';

// Captured: the value's own toString has no say, and a later patch of the prototype neither.
const serialise = URLSearchParams.prototype.toString;

/** The query text of a `URLSearchParams`, known by brand; undefined for everything else. */
export function searchParamsText(value: unknown): string | undefined {
  try {
    if (typeof value === 'object') return serialise.call(value as URLSearchParams);
  } catch {
    // Some other object.
  }
  return undefined;
}

/**
 * A parameter as text: strings, numbers, booleans, bigints, and objects by a `toString` of their
 * own, called once.
 * @throws RouteError `ROUTE_PARAMETER_TYPE`, `ROUTE_PARAMETER_ENCODING`
 */
export function parameterText(value: unknown, parameter: number, display: string): string {
  const text = typeof value === 'object' ? objectText(value) : primitiveText(value);
  if (text === undefined) {
    refuse('ROUTE_PARAMETER_TYPE', `${typeof value} is not text`, display, parameter);
  }
  if (!text.isWellFormed()) {
    refuse('ROUTE_PARAMETER_ENCODING', 'lone surrogate', display, parameter, text);
  }
  return text;
}

function objectText(value: object | null): string | undefined {
  const own: unknown = value?.toString;
  const text: unknown = searchParamsText(value) ?? (typeof own === 'function' && own.call(value));
  // Judged by the result: the Object.prototype of another realm (Jest's) is not this one.
  return typeof text === 'string' && !/^\[object .*]$/s.test(text) ? text : undefined;
}

function primitiveText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return /undefined|symbol|function/.test(typeof value) ? undefined : String(value);
}
