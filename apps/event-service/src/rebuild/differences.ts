import { isDeepStrictEqual } from 'node:util';

/** A stored document, of whatever collection. */
export type Row = Record<string, unknown> & { _id: string };

/** One thing on which the log and a live collection do not agree. */
export interface Difference {
  id: string;
  /** The member that differs; missing where the whole document does. */
  member?: string;
  log: unknown;
  live: unknown;
}

/** Walks two collections side by side, both in the order of their ids, and holds one document of each at a time. */
export async function* differences(log: AsyncIterable<Row>, live: AsyncIterable<Row>): AsyncGenerator<Difference> {
  const [logged, lived] = [log[Symbol.asyncIterator](), live[Symbol.asyncIterator]()];
  let one = await next(logged);
  let other = await next(lived);
  while (one !== undefined || other !== undefined) {
    if (other === undefined || (one !== undefined && one._id < other._id)) {
      yield { id: (one as Row)._id, log: one, live: undefined };
      one = await next(logged);
    } else if (one === undefined || other._id < one._id) {
      yield { id: other._id, log: undefined, live: other };
      other = await next(lived);
    } else {
      yield* between(one, other);
      [one, other] = [await next(logged), await next(lived)];
    }
  }
}

function* between(log: Row, live: Row): Generator<Difference> {
  for (const member of new Set([...Object.keys(log), ...Object.keys(live)]))
    if (!isDeepStrictEqual(log[member], live[member]))
      yield { id: log._id, member, log: log[member], live: live[member] };
}

const next = async (rows: AsyncIterator<Row>): Promise<Row | undefined> => {
  const result = await rows.next();
  return result.done === true ? undefined : result.value;
};

/** `66ef… title: the log says "A", live is "B"` */
export function describeDifference({ id, member, log, live }: Difference): string {
  if (member !== undefined) return `${id} ${member}: the log says ${show(log)}, live is ${show(live)}`;
  return live === undefined ? `${id} is in the log, and missing live` : `${id} is live, and not in the log`;
}

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
