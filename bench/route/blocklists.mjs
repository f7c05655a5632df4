/** The same promise kept in the obvious ways: what `route` is measured against beside Forge's. */

const NEEDLES = [
  '..',
  '.%2e',
  '%2e.',
  '%2e%2e',
  '/',
  '\\',
  '?',
  '#',
  '%2f',
  '%5c',
  '%3f',
  '%23',
  '%00',
  '\0',
  '\t',
  '\r',
  '\n',
];
const PATTERN = /\.\.|\.%2e|%2e\.|%2e%2e|[/\\?#\0\t\r\n]|%(?:2f|5c|3f|23|00)/i;

/** A list of needles looked for one after the other, as Forge does. */
export const needleRoute = blocklistRoute((text) => {
  const lower = text.toLowerCase();
  return NEEDLES.some((needle) => lower.includes(needle));
});

/** One regular expression: as quick as a blocklist gets. It sees no neighbours. */
export const patternRoute = blocklistRoute((text) => PATTERN.test(text));

class BlocklistRoute {
  constructor(value) {
    this.value = value;
  }
}

function blocklistRoute(isBlocked) {
  return function route(strings, ...parameters) {
    let isQuery = false;
    let result = '';
    for (let i = 0; i < strings.length; i++) {
      if (strings[i].includes('?') || strings[i].includes('#')) isQuery = true;
      result += strings[i];
      if (i === parameters.length) break;
      if (isQuery) {
        result += encodeURIComponent(parameters[i]);
      } else {
        const text = String(parameters[i]);
        if (isBlocked(text)) throw new Error('Disallowing path manipulation attempt');
        result += text;
      }
    }
    return new BlocklistRoute(result);
  };
}
