import { UsherError } from '#kernel';
import { Expression, type Scope } from './expression.js';

type Part = string | Expression;

/**
 * Text with expressions in it, each between `${` and `}`; `$${` stands for `${` itself. Throws `validation-failed` where
 * an expression is none, or has no end.
 */
export function parseTemplate(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (;;) {
    const start = text.indexOf('${', from);
    if (start === -1) return [...parts, text.slice(from)].filter((part) => part !== '');
    if (text[start - 1] === '$' && start > from) {
      parts.push(`${text.slice(from, start - 1)}\${`);
      from = start + 2;
      continue;
    }
    const end = endOf(text, start + 2);
    parts.push(text.slice(from, start), Expression.parse(text.slice(start + 2, end)));
    from = end + 1;
  }
}

/** Where the expression that begins at `start` is closed: not within quotes, and not by a brace of its own. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  throw new UsherError('validation-failed', 'has an expression without an end: `}` is missing');
}

/** The value of text that is nothing but one expression, of whatever kind; else the text with its expressions filled in. */
export function fill(text: string, scope: Scope): unknown {
  const [only, ...others] = parseTemplate(text);
  if (only instanceof Expression && others.length === 0) return only.evaluate(scope);
  return fillText(text, scope);
}

/** The text with its expressions filled in, each as `write` writes it. Throws `validation-failed` for what is no text, number or boolean. */
export const fillText = (text: string, scope: Scope, write: (value: string) => string = (value) => value): string =>
  parseTemplate(text)
    .map((part) => (typeof part === 'string' ? part : write(asText(part.evaluate(scope)))))
    .join('');

/** A value of JSON with all its texts filled in; the names of members stay as they are. */
export function fillAll(value: unknown, scope: Scope): unknown {
  if (typeof value === 'string') return fill(value, scope);
  if (Array.isArray(value)) return value.map((item) => fillAll(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fillAll(member, scope)]));
}

/** Every text in a value of JSON, with where it is. */
export function textsIn(
  value: unknown,
  path: readonly PropertyKey[] = [],
): { path: readonly PropertyKey[]; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const members: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([name, member]) => textsIn(member, [...path, name]));
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new UsherError('validation-failed', 'has an expression that comes to no text, number or boolean');
}
