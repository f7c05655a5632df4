import type { AuthProvider, Site } from '@tributary/pipeline';
import type { ProductApi } from '../request/api.js';

/** May the invoking user … this content? */
export interface ConfluenceContentChecks {
  canRead(): Promise<boolean>;
  canUpdate(): Promise<boolean>;
  canDelete(): Promise<boolean>;
}

/** Forge's `authorize()`: asks Confluence, as the invoking user, what that user may do. */
export interface Authorize {
  /** @param id a page, blog post, comment or attachment */
  onConfluenceContent(id: string | number): ConfluenceContentChecks;
}

export type Operation = 'read' | 'update' | 'delete';

export interface AuthorizeContext {
  readonly site: Site | undefined;
  readonly provider: AuthProvider | undefined;
  readonly asUser: () => ProductApi;
}

export const createAuthorize = (context: AuthorizeContext): (() => Authorize) => {
  const check = async (id: string | number, operation: Operation): Promise<boolean> => {
    // Loaded on first use: few handlers ask.
    const { checkContent } = await import('./check-content.js');
    return checkContent(context, id, operation);
  };
  return () => ({
    onConfluenceContent: (id) => ({
      canRead: () => check(id, 'read'),
      canUpdate: () => check(id, 'update'),
      canDelete: () => check(id, 'delete'),
    }),
  });
};
