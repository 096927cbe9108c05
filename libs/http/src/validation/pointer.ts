import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { FieldError } from '#kernel';

/** One reference token of a JSON Pointer (RFC 6901, section 3). */
const token = (segment: PropertyKey): string => String(segment).replaceAll('~', '~0').replaceAll('/', '~1');

/** A JSON Pointer to `path`, below `prefix`. */
export const toPointer = (path: readonly PropertyKey[], prefix = ''): string =>
  prefix + path.map((segment) => `/${token(segment)}`).join('');

/**
 * A schema's issues as field errors. Members of the body are pointed at from its root (`/start_time`), everything else
 * below its place (`/query/limit`). An unknown member is pointed at itself, not at the object around it.
 */
export function toFieldErrors(issues: readonly StandardSchemaV1.Issue[], prefix: string): FieldError[] {
  return issues.flatMap((issue) => {
    const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
    const { code, keys } = issue as { code?: unknown; keys?: unknown };
    if (code === 'unrecognized_keys' && Array.isArray(keys))
      return keys.map((key) => ({ pointer: toPointer([...path, String(key)], prefix), message: 'is not known here' }));
    return [{ pointer: toPointer(path, prefix), message: issue.message }];
  });
}
