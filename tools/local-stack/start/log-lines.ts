/** A line of a service's log as the screen shows it. */
export interface ScreenLine {
  readonly level: 'warn' | 'error';
  readonly text: string;
}

/** Pino's levels as names; numbers are what it writes unless it is told otherwise. */
const SERIOUS: Readonly<Record<string, ScreenLine['level']>> = {
  warn: 'warn',
  error: 'error',
  fatal: 'error',
  40: 'warn',
  50: 'error',
  60: 'error',
};

/**
 * What of a log line belongs on the developer's screen: warnings and worse of the JSON log, in one line with the error's
 * message, and whatever is no JSON at all (Node's own words about a crash). Nothing of routine lines.
 */
export function forScreen(line: string): ScreenLine | undefined {
  if (line.trim() === '') return undefined;
  const entry = parse(line);
  if (!entry) return { level: 'warn', text: line };
  const level = SERIOUS[String(entry['level'])];
  return level && { level, text: messageOf(entry) ?? line };
}

/** Any line of a log, shortened to its time, level and message where it is JSON. */
export function inShort(line: string): string {
  const entry = parse(line);
  if (!entry) return line;
  const time = new Date(entry['time'] as string | number);
  const clock = Number.isNaN(time.getTime()) ? '' : `${time.toISOString().slice(11, 23)} `;
  return `${clock}${String(entry['level'])} ${messageOf(entry) ?? line}`;
}

function messageOf(entry: Record<string, unknown>): string | undefined {
  const error = entry['err'] ?? entry['error'];
  const reason = isRecord(error) ? error['message'] : error;
  const words = [entry['msg'], reason].filter((word) => typeof word === 'string' && word !== '');
  return words.length > 0 ? [...new Set(words)].join(': ') : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
