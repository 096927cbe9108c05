import type { Connection } from 'mongoose';
import { distributionOf } from '../measure.js';

/** The moments in an event's life that the database knows, in their order, by wall clock. */
const STAGES = ['on the bus', 'archived', 'delivery made', 'attempt begun', 'attempt ended'] as const;

interface Lived {
  accepted: Date;
  published: Date;
  archived: Date;
  delivery: { created_at: Date; attempts: { at: Date; duration_ms: number }[] };
}

/** Prints how long after it was accepted the events of `type` reached each stage. */
export async function printStages(database: Connection, type: string): Promise<void> {
  const lives = await database
    .collection('deliveries')
    .aggregate<Lived>([
      { $match: { 'event.type': type } },
      { $lookup: { from: 'archive', localField: 'event.position', foreignField: '_id', as: 'event_archived' } },
      {
        $lookup: {
          from: 'bus_outbox',
          let: { source: '$event.source', id: '$event.id' },
          pipeline: [
            { $match: { $expr: { $and: [{ $eq: ['$source', '$$source'] }, { $eq: ['$id', '$$id'] }] } } },
            { $project: { time: 1, published_at: 1 } },
          ],
          as: 'entry',
        },
      },
      {
        $project: {
          accepted: { $first: '$entry.time' },
          published: { $first: '$entry.published_at' },
          archived: { $first: '$event_archived.archived_at' },
          delivery: { created_at: '$created_at', attempts: '$attempts' },
        },
      },
    ])
    .toArray();
  const lines = STAGES.map((stage, index) => {
    const after = lives.map((life) => (momentsOf(life)[index] ?? Number.NaN) - life.accepted.getTime());
    const { p50, p95, p99, max } = distributionOf(after);
    return `| ${stage} | ${[p50, p95, p99, max].map((ms) => ms.toFixed(0)).join(' | ')} |`;
  });
  process.stdout.write(
    [
      '\nFrom being accepted until an event was …\n',
      '| | p50 ms | p95 ms | p99 ms | max ms |',
      '|---|---|---|---|---|',
      ...lines,
      '',
    ].join('\n'),
  );
}

function momentsOf({ published, archived, delivery }: Lived): number[] {
  const attempt = delivery.attempts.at(-1);
  const begun = attempt?.at.getTime() ?? Number.NaN;
  return [
    published.getTime(),
    archived.getTime(),
    delivery.created_at.getTime(),
    begun,
    begun + (attempt?.duration_ms ?? Number.NaN),
  ];
}
