import { MANIPULATION, refuse, shown } from './route-error.js';

// What one percent-decode changes: an ASCII character, or a run of bytes above it.
const ESCAPES = /%[0-7][\da-f]|(?:%[89a-f][\da-f])+/gi;
// What stands between separators, openers of a query or fragment, and what parsers strip.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const ORDINARY = /[^/\\?#\0-\x1f\x7f]+/g;
// Dot segments, with the blanks that parsers strip and the `;parameters` that Tomcat cuts off
// before it looks: to it `..;` is `..`, and `;` is empty.
const SPECIAL = /^ *\.\.? *(?:;|$)|^;/;
// `//host`, a scheme, or blanks, which the URL parser strips before it looks for these.
const AMBIGUOUS = /^(?:\/\/| |%20|[^/]*(?::|%3a))| $/i;

/**
 * Refuses a path that has another structure than it would have with a plain word in the place of
 * each parameter, or that could be read as more than a path.
 * @param pieces literal, parameter, literal, …
 * @param words the same, with a word for each parameter.
 * @returns the path.
 * @throws RouteError `ROUTE_PATH_MANIPULATION`
 */
export function checkPieces(
  pieces: readonly string[],
  words: readonly string[],
  display: string,
  query: string,
): string {
  const path = pieces.join('');
  const expected = outlineOf(words.join(''));
  const found = outlineOf(path);
  if (found !== expected) {
    // To blame is the first parameter that changes it even if plain words follow.
    const piece = pieces.findIndex(
      (_, i) => outlineOf([...pieces.slice(0, i + 1), ...words.slice(i + 1)].join('')) !== expected,
    );
    refuse(
      MANIPULATION,
      `${shown(expected)} becomes ${shown(found)}`,
      display,
      (piece - 1) / 2,
      pieces[piece],
    );
  }
  if (AMBIGUOUS.test(path + query.slice(0, 1))) {
    const blamed = path.endsWith(' ') ? (pieces.length - 3) / 2 : 0;
    const parameter = pieces.length > 1 ? blamed : undefined;
    refuse(MANIPULATION, 'scheme, host or blank', display, parameter, path);
  }
  return path;
}

/**
 * The structure of a path as a server sees it after one percent-decode: each ordinary segment is
 * an `x`, all else stands as it is.
 */
function outlineOf(path: string): string {
  return path.replace(ESCAPES, decode).replace(ORDINARY, (text) => {
    const special = SPECIAL.exec(text)?.[0];
    // Two dots are refused anywhere, as in Forge.
    return special ?? (text.includes('..') ? 'x..x' : 'x');
  });
}

function decode(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    // Not UTF-8: overlong forms of `.` and `/` hide here.
    return escapes.replace(/.../g, '\0');
  }
}
