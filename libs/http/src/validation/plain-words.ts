import type { z } from 'zod';

const TYPES: Record<string, string> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be an object',
};

/** What is wrong, for people, in one voice with the schemas' own messages; Zod's words where it is none of these. */
export function inPlainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : TYPES[issue.expected];
    case 'too_small':
      return bound('at least', issue.origin, issue.minimum);
    case 'too_big':
      return bound('at most', issue.origin, issue.maximum);
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    default:
      return undefined;
  }
}

function bound(which: string, origin: string, limit: number | bigint): string | undefined {
  if (origin === 'string') return `must be ${which} ${limit} characters long`;
  if (origin === 'array') return `must have ${which} ${limit} members`;
  return origin === 'number' || origin === 'int' ? `must be ${which} ${limit}` : undefined;
}
