import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { ManifestError, type ManifestProblem } from './manifest-error.js';

/** Keys and positions from the top: `['modules', 'function', 0]`. */
export type FieldPath = readonly (string | number)[];

const fieldName = (path: FieldPath): string =>
  path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at > 0 ? '.' : ''}${step}`))
    .join('');

/** Reads a YAML file by paths, and keeps what is wrong with it. */
export class YamlReader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #file: string;
  readonly #problems: ManifestProblem[] = [];

  /** @throws ManifestError for what is no YAML */
  constructor(text: string, file: string) {
    this.#file = file;
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problems = this.#document.errors.map(({ message, pos }) => ({
      field: '',
      line: this.#lines.linePos(pos[0]).line,
      problem: `is no YAML: ${message}`,
    }));
    if (problems.length > 0) throw new ManifestError(file, problems);
  }

  /** The line of a field; of the nearest one around it where it is missing. */
  line(path: FieldPath): number {
    for (let length = path.length; length > 0; length -= 1) {
      const node = this.#node(path.slice(0, length));
      const start = (node as Node | undefined)?.range?.[0];
      if (start !== undefined) return this.#lines.linePos(start).line;
    }
    return 1;
  }

  place(path: FieldPath): { readonly field: string; readonly line: number } {
    return { field: fieldName(path), line: this.line(path) };
  }

  complain(path: FieldPath, problem: string): void {
    this.#problems.push({ ...this.place(path), problem });
  }

  /** @throws ManifestError with all complaints, if there were any */
  finish(): void {
    if (this.#problems.length > 0) {
      throw new ManifestError(
        this.#file,
        this.#problems.toSorted((a, b) => a.line - b.line),
      );
    }
  }

  has(path: FieldPath): boolean {
    const node = this.#node(path);
    return node !== undefined && !(isScalar(node) && node.value === null);
  }

  /** A text that fits `pattern`; undefined, and a complaint, for another one, or a missing one that is required. */
  text(
    path: FieldPath,
    options: { readonly pattern?: RegExp; readonly hint: string; readonly isRequired?: boolean },
  ): string | undefined {
    const { pattern, hint, isRequired = false } = options;
    if (!this.has(path)) {
      if (isRequired) this.complain(path, `is missing: give ${hint}`);
      return undefined;
    }
    const node = this.#node(path);
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'string' && (pattern?.test(value) ?? true)) return value;
    this.complain(path, `must be ${hint}`);
    return undefined;
  }

  /** A whole number within bounds; undefined, and a complaint, for anything else. */
  number(path: FieldPath, least: number, most: number, isRequired = false): number | undefined {
    if (!this.has(path) && !isRequired) return undefined;
    const node = this.#node(path);
    const value = isScalar(node) ? node.value : undefined;
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
      return Number(value);
    }
    this.complain(path, `must be a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** The paths of a list's entries; none, and a complaint, where it is no list. */
  entries(path: FieldPath, hint: string): readonly FieldPath[] {
    if (!this.has(path)) return [];
    const node = this.#node(path);
    if (isSeq(node)) return node.items.map((_, index) => [...path, index]);
    this.complain(path, `must be a list of ${hint}`);
    return [];
  }

  /** The keys of a map; none, and a complaint, where it is no map. */
  keys(path: FieldPath, hint: string): readonly string[] {
    if (!this.has(path)) return [];
    const node = this.#node(path);
    if (isMap(node)) {
      return node.items.map(({ key }) => String(isScalar(key) ? key.value : key));
    }
    this.complain(path, `must be a map of ${hint}`);
    return [];
  }

  isMap(path: FieldPath): boolean {
    return isMap(this.#node(path));
  }

  isList(path: FieldPath): boolean {
    return isSeq(this.#node(path));
  }

  /** Plain data, aliases resolved. */
  value(path: FieldPath): unknown {
    const node = this.#node(path) as Node | undefined;
    return node?.toJS(this.#document);
  }

  #node(path: FieldPath): unknown {
    let node: unknown = this.#document.contents;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) node = node.get(step, true);
      else if (isSeq(node)) node = node.get(step, true);
      else return undefined;
    }
    return isAlias(node) ? node.resolve(this.#document) : node;
  }
}
