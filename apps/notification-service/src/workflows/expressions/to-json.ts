import { UsherError } from '#kernel';

/** The most that a value may take as JSON, roughly: as much as an event may. */
const MAX_CHARACTERS = 65_536;

/** What an expression has come to, as JSON. Throws `validation-failed` for what JSON has no form for, or far too much of it. */
export function toJson(value: unknown): unknown {
  let left = MAX_CHARACTERS;
  const convert = (part: unknown): unknown => {
    // Before going on: what is short to write may be endlessly long to spell out.
    left -= typeof part === 'string' ? part.length + 2 : 2;
    if (left < 0) throw notValid(`comes to more than ${MAX_CHARACTERS} characters`);
    if (typeof part === 'bigint') return toNumber(part);
    if (part instanceof Date) return part.toISOString();
    if (Array.isArray(part)) return part.map(convert);
    if (isPlain(part))
      return Object.fromEntries(Object.entries(part).map(([name, member]) => [convert(name), convert(member)]));
    if (isScalar(part)) return part;
    throw notValid('comes to something that JSON has no form for');
  };
  return convert(value);
}

function toNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw notValid('comes to a number beyond 2^53');
  return number;
}

const isScalar = (value: unknown): boolean =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

const notValid = (message: string): UsherError => new UsherError('validation-failed', message);
