import { escapeControl } from '@tributary/pipeline';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for an element or a quoted attribute; control characters and marks that reorder are shown. */
export const escapeHtml = (text: string): string =>
  escapeControl(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
