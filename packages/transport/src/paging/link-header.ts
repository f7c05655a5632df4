/** One link of a `Link` header: target, then parameters, whose values may be quoted and hold anything. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]*))/i;

/** The target of the first link with this relation (RFC 8288, section 3); undefined without one. */
export const linkTarget = (header: string | null, relation: string): string | undefined => {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(LINK)) {
    const [, quoted, bare = ''] = REL.exec(parameters) ?? [];
    const relations = (quoted ?? bare).toLowerCase().split(/\s+/);
    if (relations.includes(relation)) return target;
  }
  return undefined;
};
