/**
 * WHATWG URL, path percent-encode set: C0 controls, space, `"`, `#`, `<`, `>`, `?`, `^`, backtick,
 * `{`, `}` and all above U+007E. To it we add a `%` that begins no valid escape.
 */
// No `i` flag: with `u` it would let U+212A (Kelvin) and U+017F (long s) pass as k and s.
const UNSAFE = /%(?![\dA-Fa-f]{2})|[^!$-;=@-\]_a-z|~]+/gu;

/**
 * Writes a path as the URL parser of the pinned Node would, so that the wire is the same as for
 * the raw text; but for a stray `%`, which becomes `%25`.
 */
export function encodePath(path: string): string {
  return path.replace(UNSAFE, encodeURIComponent);
}
