/** A service's JSON object; an empty one for anything else, since every field is checked by its reader. */
export const readJsonObject = async (response: Response): Promise<Record<string, unknown>> => {
  const value = await readJson(response);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
};

/** `undefined` for what is no JSON. */
export const readJson = async (response: Response): Promise<unknown> => {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};
