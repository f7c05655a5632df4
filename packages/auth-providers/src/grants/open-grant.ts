import type { Grant } from '@tributary/pipeline';
import { grantFromText } from './grant-json.js';
import type { RowCodec } from './row-codec.js';

/** How many grants of one process are in use at the same time, roughly. */
const REMEMBERED = 1_000;

/**
 * Opens sealed grants, and remembers the latest: a grant is read with every call, and changes once an
 * hour. What is remembered counts only for the very text that it was opened from.
 */
export const grantOpener = (codec: RowCodec, remembered = REMEMBERED) => {
  const opened = new Map<string, { readonly sealed: string; readonly grant: Grant }>();

  return {
    async open(id: string, sealed: string): Promise<Grant> {
      const known = opened.get(id);
      if (known?.sealed === sealed) return known.grant;
      const grant = grantFromText(await codec.open(id, sealed));
      // Deleted first, so that the order is that of opening.
      opened.delete(id);
      opened.set(id, { sealed, grant });
      const [oldest] = opened.keys();
      if (opened.size > remembered && oldest !== undefined) opened.delete(oldest);
      return grant;
    },
    forget: (id: string): void => void opened.delete(id),
  };
};
