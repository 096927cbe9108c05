import type { Envelope } from '#contracts';

/** What attributes are compared with, by their names. */
export type Attributes = Readonly<Record<string, string>>;

export const DIALECTS = ['exact', 'prefix', 'suffix', 'all', 'any', 'not'] as const;

/** A filter expression of the CloudEvents Subscriptions API (section 3.2.4.1.1): exactly one of the dialects. */
export interface Filter {
  exact?: Attributes | undefined;
  prefix?: Attributes | undefined;
  suffix?: Attributes | undefined;
  all?: readonly Filter[] | undefined;
  any?: readonly Filter[] | undefined;
  not?: Filter | undefined;
}

/**
 * Whether the filter lets the event through. Every attribute that `exact`, `prefix` or `suffix` names must be there and
 * compare, with regard to case; `not` of that is true where one is missing.
 */
export function passes(envelope: Envelope, { exact, prefix, suffix, all, any, not }: Filter): boolean {
  return (
    (exact === undefined || compares(envelope, exact, equals)) &&
    (prefix === undefined || compares(envelope, prefix, startsWith)) &&
    (suffix === undefined || compares(envelope, suffix, endsWith)) &&
    (all === undefined || all.every((filter) => passes(envelope, filter))) &&
    (any === undefined || any.some((filter) => passes(envelope, filter))) &&
    (not === undefined || !passes(envelope, not))
  );
}

type Comparison = (value: string, given: string) => boolean;

const equals: Comparison = (value, given) => value === given;
const startsWith: Comparison = (value, given) => value.startsWith(given);
const endsWith: Comparison = (value, given) => value.endsWith(given);

function compares(envelope: Envelope, attributes: Attributes, comparison: Comparison): boolean {
  return Object.entries(attributes).every(([name, given]) => {
    const value = attributeOf(envelope, name);
    return value !== undefined && comparison(value, given);
  });
}

/**
 * An attribute as text: CloudEvents gives Integers and Booleans a canonical form of their own (section "Type System"), which
 * is that of JSON. Undefined where it is missing; what an event is about (`data`) is no attribute.
 */
export function attributeOf(envelope: Envelope, name: string): string | undefined {
  if (name === 'data') return undefined;
  const value: unknown = envelope[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** How many expressions a filter is made of, and how deep they are nested; 1 and 1 for one without others in it. */
export function sizeOf({ all, any, not }: Filter): { count: number; depth: number } {
  const within = [...(all ?? []), ...(any ?? []), ...(not === undefined ? [] : [not])].map(sizeOf);
  return {
    count: within.reduce((sum, { count }) => sum + count, 1),
    depth: within.reduce((deepest, { depth }) => Math.max(deepest, depth), 0) + 1,
  };
}
