/** At most `limit` bytes of the body, as text; the rest is cancelled. Empty where it can't be read. */
export const readBounded = async (response: Response, limit: number): Promise<string> => {
  if (response.body === null || response.bodyUsed) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let left = limit;
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      text += decoder.decode(value.subarray(0, left), { stream: true });
      left -= value.byteLength;
    }
    return text;
  } catch {
    return text;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
};
