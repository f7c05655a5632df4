/**
 * Whether the answer is for a person's eyes: its Accept (RFC 9110, section 12.5.1) names HTML, and
 * nothing for programs with more weight. A bare wildcard, as fetch sends it, is a program.
 */
export const wantsHtml = (request: Request): boolean => {
  let html = 0;
  let json = 0;
  for (const range of (request.headers.get('accept') ?? '').split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = weightOf(parameters);
    if (type === 'text/html' || type === 'application/xhtml+xml') html = Math.max(html, weight);
    if (/^application\/(?:[\w.-]+\+)?json$/.test(type)) json = Math.max(json, weight);
  }
  return html > 0 && html >= json;
};

const weightOf = (parameters: readonly string[]): number => {
  const given = parameters.find((part) => part.startsWith('q='));
  const weight = given === undefined ? 1 : Number(given.slice(2));
  return weight >= 0 && weight <= 1 ? weight : 0;
};
