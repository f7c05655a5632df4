import { RouteError, route as tributaryRoute } from '@tributary/route';
import { warn } from './current-platform.js';

/** What a path is put together from. */
export interface PathPiece {
  readonly kind: 'literal' | 'route' | 'parameter';
  readonly text: string;
  /** What a parameter is that was no text, and was most likely none by mistake: `undefined`, `a list`. */
  readonly oddity?: string | undefined;
}

/** In Forge's words, since apps show them to people. */
export const MANIPULATION =
  'Disallowing path manipulation attempt. For more information see: https://go.atlassian.com/product-fetch-api-route';

const AS_FORGE = 'It is sent as Forge sends it; strictRoutes refuses it.';

/**
 * Refuses a path that a parameter gives another structure than a plain word would, in the eyes of a URL
 * parser and of a server that decodes it once more; warns of what is most likely a mistake. The platform
 * checks each path as a whole, and by product; only here it is known what of it are parameters.
 * @param pieces the path in order, up to the query
 * @throws Error in Forge's words
 */
export const checkPath = (pieces: readonly PathPiece[]): void => {
  // What the author wrote is the platform's to judge.
  if (pieces.every(({ kind }) => kind !== 'parameter')) return;
  let template = templateOf(pieces);
  if (template instanceof RouteError) {
    // Nothing in the place of a parameter is Forge's to send, where nothing else is wrong.
    template = templateOf(withoutEmpty(pieces));
    if (template instanceof RouteError) throw new Error(`${MANIPULATION} (${template.reason})`);
    warn(`A parameter leaves a segment of ${template} empty. ${AS_FORGE}`);
  }
  for (const { oddity } of pieces) {
    if (oddity) warn(`A path parameter of ${template} is ${oddity}. ${AS_FORGE}`);
  }
};

/** Without the parameters that leave a segment empty: one that leaves a dot behind is no such mistake. */
const withoutEmpty = (pieces: readonly PathPiece[]): readonly PathPiece[] =>
  pieces.filter(({ kind, text }, i) => {
    if (kind !== 'parameter' || text !== '') return true;
    const before = textOf(pieces.slice(0, i));
    const after = textOf(pieces.slice(i));
    return !/(^|\/)$/.test(before) || !/^($|\/)/.test(after);
  });

const textOf = (pieces: readonly PathPiece[]): string => pieces.map(({ text }) => text).join('');

/** The path with `{}` for each parameter, or why `@tributary/route` refuses it. */
const templateOf = (pieces: readonly PathPiece[]): string | RouteError => {
  const literals = [''];
  const parameters: string[] = [];
  for (const [i, { kind, text }] of pieces.entries()) {
    if (kind === 'parameter') {
      parameters.push(comparable(text));
      literals.push('');
    } else {
      // What a nested Route begins with is what its own check let pass.
      literals[literals.length - 1] += i === 0 ? text.replace(/^\/+/, '/') : text;
    }
  }
  // The URL parser strips blanks at the end of a path.
  const last = literals.at(-1) === '' ? parameters.pop() : undefined;
  if (last !== undefined) parameters.push(last.trimEnd());
  try {
    return tributaryRoute(templateStrings(literals), ...parameters).template;
  } catch (error) {
    if (error instanceof RouteError) return error;
    throw error;
  }
};

/**
 * With half a character as a URL parser reads it. An encoded slash is for the platform to judge, which knows
 * the product: branches of Bitbucket have them in their names.
 */
const comparable = (text: string): string =>
  text.replace(/\p{Surrogate}/gu, '\ufffd').replace(/%2f/gi, 'x');

/** As the language makes them, which `route` insists on. */
const templateStrings = (literals: readonly string[]): TemplateStringsArray =>
  Object.freeze(Object.assign([...literals], { raw: Object.freeze([...literals]) }));
