/** The strong entity tag of a resource's version, and of its revision within that (RFC 9110, section 8.8.3). */
export const entityTag = (version: number, revision?: number | string): string =>
  revision === undefined ? `"${version}"` : `"${version}.${revision}"`;

type TagList = '*' | readonly { tag: string; weak: boolean }[];

const TAGS = /\s*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/gy;

/** A field of `If-Match` or `If-None-Match`; what is no entity tag in it matches nothing. */
function parse(field: string): TagList {
  if (field.trim() === '*') return '*';
  return Array.from(field.matchAll(TAGS), ([, weak, tag]) => ({ tag: tag ?? '', weak: weak !== undefined }));
}

/**
 * Whether `field` names a resource of that version, in whatever revision: by strong comparison in `If-Match`, by weak
 * comparison in `If-None-Match` (RFC 9110, sections 13.1.1 and 13.1.2).
 */
export function namesVersion(field: string, version: number, comparison: 'strong' | 'weak'): boolean {
  const list = parse(field);
  return list === '*' || list.some(({ tag, weak }) => isOfVersion(tag, version) && !(weak && comparison === 'strong'));
}

/** Whether `If-None-Match: field` names that very entity tag: weak comparison (RFC 9110, section 13.1.2). */
export function namesTag(field: string, entityTag: string): boolean {
  const list = parse(field);
  return list === '*' || list.some(({ tag }) => tag === entityTag);
}

const isOfVersion = (tag: string, version: number): boolean =>
  tag === entityTag(version) || tag.startsWith(`"${version}.`);
