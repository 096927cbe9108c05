import type { FieldError } from '#kernel';
import { UsherError } from '#kernel';
import { toPointer } from './pointer.js';

/** MongoDB takes 100 levels; nothing sensible needs half of that. */
const MAX_DEPTH = 40;
const MAX_ERRORS = 10;

/**
 * Refuses JSON that no schema should have to think of: nested deeper than 40 levels, or with text that is no Unicode
 * text (lone surrogates) or holds NUL (RFC 7493, section 2.1). Iterative: depth must not be able to exhaust the stack.
 */
export function refuseInsaneJson(root: unknown, prefix = ''): void {
  const errors: FieldError[] = [];
  const pending: { value: unknown; path: readonly PropertyKey[] }[] = [{ value: root, path: [] }];
  for (let next = pending.pop(); next !== undefined && errors.length < MAX_ERRORS; next = pending.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isText(value)) errors.push(notText(path, prefix));
    if (typeof value !== 'object' || value === null) continue;
    if (path.length >= MAX_DEPTH)
      throw new UsherError('malformed-request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
    for (const [key, member] of Object.entries(value)) {
      if (!isText(key)) errors.push(notText(path, prefix));
      if (typeof member === 'string' ? !isText(member) : typeof member === 'object' && member !== null)
        pending.push({ value: member, path: [...path, key] });
    }
  }
  if (errors.length > 0) throw new UsherError('validation-failed', 'The input is not valid; see `errors`.', { errors });
}

const isText = (value: string): boolean => value.isWellFormed() && !value.includes('\0');

const notText = (path: readonly PropertyKey[], prefix: string): FieldError => ({
  pointer: toPointer(path, prefix),
  message: 'must be Unicode text without NUL characters',
});
