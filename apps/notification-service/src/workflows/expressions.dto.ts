import { z } from 'zod';
import { UsherError } from '#kernel';
import { Expression } from './expressions/expression.js';
import { parseTemplate, textsIn } from './expressions/template.js';

const MAX_NESTING = 20;

/** Text that may have expressions in it. */
export const template = <T extends z.ZodType<string>>(schema: T) =>
  schema.check(({ value, issues }) => {
    const message = objection(() => parseTemplate(value));
    if (message !== undefined) issues.push({ code: 'custom', message, input: value });
  });

/** JSON whose texts may have expressions in them. */
export const templates = z.unknown().check(({ value, issues }) => {
  for (const { path, text } of textsIn(value)) {
    const message = path.length > MAX_NESTING ? 'is nested too deep' : objection(() => parseTemplate(text));
    if (message !== undefined) issues.push({ code: 'custom', message, path: [...path], input: value });
  }
});

export const condition = z.string().check(({ value, issues }) => {
  const message = objection(() => Expression.parse(value));
  if (message !== undefined) issues.push({ code: 'custom', message, input: value });
});

function objection(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof UsherError) return error.detail;
    throw error;
  }
}
