import { TributaryError } from '@tributary/pipeline';
import type { ManifestPlace } from './manifest.js';

/** One thing that is wrong with a manifest. */
export interface ManifestProblem extends ManifestPlace {
  /** What is wrong, and what would be right. */
  readonly problem: string;
}

/** A manifest that can't be run as it is, or names code that isn't there. */
export class ManifestError extends TributaryError {
  override name = 'ManifestError';
  readonly file: string;
  /** All that was found, in the order of the file. */
  readonly problems: readonly ManifestProblem[];

  constructor(file: string, problems: readonly ManifestProblem[], cause?: unknown) {
    const lines = problems.map(
      ({ line, field, problem }) => `${file}:${line}: ${field === '' ? '' : `${field} `}${problem}`,
    );
    super(lines.join('; '), { code: 'FORGE_MANIFEST_INVALID', cause });
    this.file = file;
    this.problems = problems;
  }

  protected override details(): Record<string, unknown> {
    return { file: this.file, problems: this.problems };
  }
}
