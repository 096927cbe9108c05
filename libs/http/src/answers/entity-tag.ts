/** The strong entity tag of a resource's version (RFC 9110, section 8.8.3). */
export const entityTag = (version: number): string => `"${version}"`;

type TagList = '*' | readonly { tag: string; weak: boolean }[];

const TAGS = /\s*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/gy;

/** A field of `If-Match` or `If-None-Match`; what is no entity tag in it matches nothing. */
function parse(field: string): TagList {
  if (field.trim() === '*') return '*';
  return Array.from(field.matchAll(TAGS), ([, weak, tag]) => ({ tag: tag ?? '', weak: weak !== undefined }));
}

/** Whether `If-Match: field` holds for a resource of that version: strong comparison (RFC 9110, section 13.1.1). */
export function matchesStrongly(field: string, version: number): boolean {
  const list = parse(field);
  return list === '*' || list.some(({ tag, weak }) => !weak && tag === entityTag(version));
}

/** Whether `If-None-Match: field` names that version: weak comparison (RFC 9110, section 13.1.2). */
export function matchesWeakly(field: string, version: number): boolean {
  const list = parse(field);
  return list === '*' || list.some(({ tag }) => tag === entityTag(version));
}
