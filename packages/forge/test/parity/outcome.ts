/** What an app sees of one use of the API. */
export interface Outcome {
  readonly settled: 'value' | 'thrown at once' | 'rejected';
  readonly value?: unknown;
  readonly error?: Record<string, unknown>;
  readonly message?: string;
}

const namesOfClasses = (error: object): string[] => {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    names.push(at.constructor.name);
  }
  return names;
};

const describeError = (error: unknown): Pick<Outcome, 'error' | 'message'> => {
  if (!(error instanceof Error)) return { error: { thrown: visible(error) } };
  return {
    message: error.message,
    error: {
      classes: namesOfClasses(error),
      name: error.name,
      hasStack: error.stack !== undefined,
      own: Object.entries(error),
    },
  };
};

/** Functions by name only, responses by what they hold. */
const visible = (value: unknown): unknown => {
  if (value instanceof Response) return { status: value.status, ok: value.ok };
  if (typeof value === 'function') return 'function';
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return {
    text: `${value}`,
    json: JSON.stringify(value),
    fields: Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, field]) => [key, visible(field)]),
    ),
  };
};

/** Uses the API once and tells what came of it, and how. */
export const outcomeOf = async (use: () => unknown): Promise<Outcome> => {
  let returned: unknown;
  try {
    returned = use();
  } catch (error) {
    return { settled: 'thrown at once', ...describeError(error) };
  }
  try {
    return { settled: 'value', value: visible(await returned) };
  } catch (error) {
    return { settled: 'rejected', ...describeError(error) };
  }
};
