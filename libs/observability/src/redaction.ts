/** Members that never reach a log, wherever a line carries them: what opens something, and how to reach somebody. */
const REDACTED = new Set([
  'password',
  'current_password',
  'new_password',
  'token',
  'access_token',
  'refresh_token',
  'attendee_token',
  'x-attendee-token',
  'client_secret',
  'secret',
  'authorization',
  'email',
  'phone',
  'full_name',
  'notes',
]);
/** Below these a `name` is a person's; elsewhere it is a probe's, a job's or an error's. */
const PEOPLE = new Set(['attendee', 'attendees']);

const CENSOR = '[redacted]';
/** What lies deeper is not written by pino either. */
const DEPTH = 5;

/**
 * The same object where there is nothing to hide in it, else a copy without. By a walk rather than by pino's own `redact`,
 * which looks for every path in every line: some 90 µs for these names, against 3.
 */
export function redact<T extends object>(line: T, depth = DEPTH, ofPerson = false): T {
  let copy: T | undefined;
  for (const [name, value] of Object.entries(line) as [keyof T & string, unknown][]) {
    const shown = present(name, value, depth, ofPerson);
    if (shown === value) continue;
    copy ??= (Array.isArray(line) ? [...(line as unknown[])] : { ...line }) as T;
    copy[name] = shown as T[typeof name];
  }
  return copy ?? line;
}

function present(name: string, value: unknown, depth: number, ofPerson: boolean): unknown {
  if (value === undefined) return value;
  if (REDACTED.has(name) || (ofPerson && name === 'name')) return CENSOR;
  if (depth === 0 || !isWalkable(value)) return value;
  // An element of a list is called by its index, and is what the list is of.
  return redact(value, depth - 1, PEOPLE.has(name) || (ofPerson && /^\d+$/.test(name)));
}

/** Not what writes itself, such as dates and buffers, nor errors, which have a serializer. */
const isWalkable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error) && !('toJSON' in value);
