import { isDeepStrictEqual } from 'node:util';
import type { Row } from './projection.js';
import { sideBySide } from './side-by-side.js';

/** One thing on which the log and a live collection do not agree. */
export interface Difference {
  id: string;
  /** The member that differs; missing where the whole document does. */
  member?: string;
  log: unknown;
  live: unknown;
}

/** What two collections do not agree on, both in the order of their ids. */
export async function* differences(log: AsyncIterable<Row>, live: AsyncIterable<Row>): AsyncGenerator<Difference> {
  for await (const [one, other] of sideBySide(log, live)) {
    if (one !== undefined && other !== undefined) yield* between(one, other);
    else yield { id: (one ?? other)._id, log: one, live: other };
  }
}

function* between(log: Row, live: Row): Generator<Difference> {
  const logged = new Map<string, unknown>(Object.entries(log));
  const lived = new Map<string, unknown>(Object.entries(live));
  for (const member of new Set([...logged.keys(), ...lived.keys()])) {
    const [one, other] = [logged.get(member), lived.get(member)];
    if (!isDeepStrictEqual(one, other)) yield { id: log._id, member, log: one, live: other };
  }
}

/** `events/66ef… title: the log says "A", live is "B"`; what a `personal` member is stays untold. */
export function describeDifference(
  collection: string,
  { id, member, log, live }: Difference,
  personal: readonly string[] = [],
): string {
  const name = `${collection}/${id}`;
  if (member !== undefined && personal.includes(member)) return `${name} ${member}: live is not what it should be`;
  if (member !== undefined) return `${name} ${member}: the log says ${show(log)}, live is ${show(live)}`;
  return live === undefined ? `${name} is in the log, and missing live` : `${name} is live, and not in the log`;
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
