import type { Envelope } from '#contracts';
import type { Filter } from './filter.js';
import { type Interest, PUBLIC_TYPES } from './interest.js';

/** The attributes that interests are filed under: what people narrow by, most of all to one event of theirs. */
const ATTRIBUTES = ['source', 'subject'] as const;
type Indexed = (typeof ATTRIBUTES)[number] | 'type';

/** An interest is filed in at most so many places; one that would be in more is filed less precisely. */
const MAX_KEYS = 64;

const ANY = '*';
const exactly = (value: string): string => `=${value}`;
const beginning = (prefix: string): string => `^${prefix}`;
/** No subscription has a NUL in it, and so no two combinations the same key. */
const keyOf = (...parts: string[]): string => parts.join('\0');

export interface Filing {
  keys: readonly string[];
  /** Length of the prefix that stands for the type in each of them; 0 where none does. */
  prefixLength: number;
}

/**
 * Where an interest is filed, so that each event it wants leads there: one key for each combination of the types, sources
 * and subjects that it insists on. None where it wants nothing at all. Source: V. Srinivasan et al., "Packet
 * Classification using Tuple Space Search" (1999).
 */
export function filingOf(interest: Interest): Filing {
  const demands: Filter = { all: [...asFilters(interest), ...interest.filters] };
  const prefix = typePrefixOf(demands);
  const types = valuesOf(demands, 'type')?.filter((type) => type.startsWith(prefix));
  const dimensions = [
    types?.map(exactly) ?? [prefix === '' ? ANY : beginning(prefix)],
    ...ATTRIBUTES.map((name) => valuesOf(demands, name)?.map(exactly) ?? [ANY]),
  ];
  return { keys: combine(narrowed(dimensions)), prefixLength: types === undefined ? prefix.length : 0 };
}

/** Every key under which an interest in the event can be filed, where prefixes of those lengths are in use. */
export function keysFor({ type, source, subject }: Envelope, prefixLengths: Iterable<number>): string[] {
  const types = [ANY, exactly(type)];
  for (const length of prefixLengths) if (length <= type.length) types.push(beginning(type.slice(0, length)));
  return combine([types, [ANY, exactly(source)], subject === undefined ? [ANY] : [ANY, exactly(subject)]]);
}

/** The other members of an interest, said as filters. */
const asFilters = ({ audience, types, source }: Interest): Filter[] => [
  ...(audience === 'public' ? [{ prefix: { type: PUBLIC_TYPES } }] : []),
  ...(types === null ? [] : [{ any: types.map((type) => ({ exact: { type } })) }]),
  ...(source === null ? [] : [{ exact: { source } }]),
];

/** The only values of an attribute that can pass, each once; undefined where the filter does not say. */
function valuesOf({ exact, all, any }: Filter, name: Indexed): string[] | undefined {
  if (exact !== undefined) return Object.hasOwn(exact, name) ? [exact[name] ?? ''] : undefined;
  const within = (all ?? any ?? []).map((filter) => valuesOf(filter, name));
  const said = within.filter((values) => values !== undefined);
  if (said.length === 0 || (any !== undefined && said.length < within.length)) return undefined;
  if (any !== undefined) return [...new Set(said.flat())];
  return said.reduce((some, others) => some.filter((value) => others.includes(value)));
}

/** The longest prefix that the type of whatever passes has; empty where the filter does not say. */
function typePrefixOf({ prefix, all }: Filter): string {
  const prefixes = [prefix?.['type'] ?? '', ...(all ?? []).map(typePrefixOf)];
  return prefixes.reduce((longest, other) => (other.length > longest.length ? other : longest));
}

/** The dimensions, the widest of them left open until they make few enough combinations. */
function narrowed(dimensions: readonly string[][]): readonly string[][] {
  const combinations = dimensions.reduce((product, { length }) => product * length, 1);
  if (combinations <= MAX_KEYS) return dimensions;
  const widest = dimensions.reduce((wide, other) => (other.length > wide.length ? other : wide));
  return narrowed(dimensions.map((dimension) => (dimension === widest ? [ANY] : dimension)));
}

const combine = (dimensions: readonly (readonly string[])[]): string[] =>
  dimensions
    .reduce<string[][]>((rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])), [[]])
    .map((row) => keyOf(...row));
