import type { EndpointScopes } from '@tributary/auth-providers/scopes';
import { TributaryError } from '@tributary/pipeline';

/** A product call would be refused: the manifest lists none of the scopes that its endpoint wants. */
export class ScopeMissingError extends TributaryError {
  override name = 'ScopeMissingError';
  readonly method: string;
  /** What the endpoint wants: all of one of the lists. */
  readonly wanted: EndpointScopes;
  /** What to add, of the list that lacks least. */
  readonly missing: readonly string[];

  constructor(options: {
    readonly method: string;
    readonly template: string;
    readonly wanted: EndpointScopes;
    readonly missing: readonly string[];
    readonly words: string;
  }) {
    const { method, template, wanted, missing, words } = options;
    super(words, { code: 'FORGE_SCOPE_MISSING', template });
    this.method = method;
    this.wanted = wanted;
    this.missing = missing;
  }

  protected override details(): Record<string, unknown> {
    return { method: this.method, wanted: this.wanted, missing: this.missing };
  }
}
