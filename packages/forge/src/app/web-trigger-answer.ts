import type { StaticOutput, WebTriggerModule } from '../manifest/manifest.js';

/** Forge: "Web trigger events", what the function is called with. */
export interface WebTriggerCall {
  readonly method: string;
  /** As the caller wrote their names. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly path: string;
  /** What follows the trigger's own address; '' or with a slash in front. */
  readonly userPath: string;
  /** A parameter that is there twice has two values; commas are left alone. */
  readonly queryParameters: Readonly<Record<string, readonly string[]>>;
}

/** What goes back to the caller. */
export interface WebTriggerAnswer {
  readonly statusCode: number;
  readonly statusText?: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
}

/** The function's result is no answer; Forge sends a 500. */
export class WebTriggerAnswerError extends Error {
  override name = 'WebTriggerAnswerError';
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const headersOf = (given: unknown): Record<string, readonly string[]> => {
  if (given === undefined || given === null) return {};
  if (!isRecord(given)) throw new WebTriggerAnswerError('headers must be an object of lists');
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const values = Array.isArray(value) ? value : [value];
      if (values.every((one) => typeof one === 'string')) return [name, values];
      throw new WebTriggerAnswerError(`headers: ${name} must be a list of texts`);
    }),
  );
};

const ofOutput = (
  { outputKey }: Record<string, unknown>,
  outputs: readonly StaticOutput[],
): WebTriggerAnswer => {
  const output = outputs.find(({ key }) => key === outputKey);
  if (output === undefined) {
    const known = outputs.map(({ key }) => key).join(', ');
    throw new WebTriggerAnswerError(`outputKey must be one of those in the manifest: ${known}`);
  }
  const { statusCode, contentType, body } = output;
  return {
    statusCode,
    headers: contentType === undefined ? {} : { 'Content-Type': [contentType] },
    ...(body !== undefined && { body }),
  };
};

/**
 * What a web trigger's function answered, in the form that Forge takes.
 * @throws WebTriggerAnswerError for anything else
 */
export const readAnswer = (result: unknown, { outputs }: WebTriggerModule): WebTriggerAnswer => {
  if (!isRecord(result)) throw new WebTriggerAnswerError('the result must be an object');
  if (outputs !== undefined) return ofOutput(result, outputs);
  const { statusCode, statusText, headers, body } = result;
  // A Response can have no other.
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599) {
    throw new WebTriggerAnswerError('statusCode must be a whole number from 200 to 599');
  }
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw new WebTriggerAnswerError('body must be a text');
  }
  return {
    statusCode: Number(statusCode),
    headers: headersOf(headers),
    ...(typeof statusText === 'string' && { statusText }),
    ...(typeof body === 'string' && { body }),
  };
};
