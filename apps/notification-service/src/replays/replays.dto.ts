import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { CANCELLATION_REASONS, REPLAY_STATUSES, TYPES_COUNTED } from './replay.js';
import type { ReplayProgress } from './replays.service.js';

const MAX_TYPES = 50;

const point = z.union([z.int().min(1), z.iso.datetime({ offset: true })], {
  error: ({ input }) => (input === undefined ? 'is required' : 'must be an archive position or a time (RFC 3339)'),
});
type Point = z.infer<typeof point>;

export const newReplayBody = z
  .strictObject({
    subscription_id: idSchema,
    from: point.describe('The first position, or when the first event was archived at the earliest'),
    to: point.describe(
      'The last position, or when the last event was archived at the latest; what comes later is left out',
    ),
    types: z.array(z.string().min(1).max(255)).min(1).max(MAX_TYPES).optional().describe('Only events of these types'),
    dry_run: z.boolean().default(false).describe('Whether only to count what would be delivered'),
  })
  .refine(({ from, to }) => !isBefore(to, from), { path: ['to'], error: 'must not be before from' })
  .meta({
    id: 'NewReplay',
    examples: [
      {
        subscription_id: '66f0a1b2c3d4e5f60718293a',
        from: '2026-11-20T00:00:00Z',
        to: '2026-11-21T00:00:00Z',
        types: ['com.acme.order.placed'],
      },
    ],
  });
export type NewReplayBody = z.infer<typeof newReplayBody>;

/** A position and a time cannot be compared here: there may be nothing between them. */
function isBefore(a: Point, b: Point): boolean {
  if (typeof a === 'number') return typeof b === 'number' && a < b;
  return typeof b === 'string' && Date.parse(a) < Date.parse(b);
}

export const replaysQuery = z.strictObject({
  ...pageQuery,
  subscription_id: idSchema.optional().describe('Only those to this subscription'),
});

export const replayAnswer = z
  .object({
    id: idSchema.describe('What its deliveries carry as `x-usher-replay`'),
    subscription_id: idSchema,
    from: z.int().describe('The first archive position'),
    to: z.int().describe('The last; there is nothing to replay where it is below `from`'),
    types: z.array(z.string()).nullable(),
    dry_run: z.boolean(),
    status: z.enum(REPLAY_STATUSES),
    cancellation_reason: z
      .enum(CANCELLATION_REASONS)
      .nullable()
      .describe('`requested` by somebody, or because the subscription was deleted'),
    progress: z.object({
      position: z.int().describe('Everything up to this archive position has been looked at'),
      examined: z.int().describe('How many positions that is'),
      matched: z.int().describe('How many events of them are for the subscription'),
      matched_by_type: z
        .array(z.object({ type: z.string(), count: z.int() }))
        .describe(`The same by type, for the first ${TYPES_COUNTED} types that were met`),
      deliveries: z
        .object({ outstanding: z.int(), delivered: z.int(), dead: z.int(), discarded: z.int() })
        .describe('What has become of the deliveries; dead ones are dead letters'),
    }),
    created_by: z.object({ id: idSchema, username: z.string() }),
    version: z.int(),
    created_at: timestampSchema,
    updated_at: timestampSchema,
    ended_at: timestampSchema.nullable().describe('When it was completed or canceled'),
  })
  .meta({ id: 'Replay' });
export type ReplayAnswer = z.infer<typeof replayAnswer>;

export const presentReplay = ({ replay, deliveries }: ReplayProgress): ReplayAnswer => ({
  id: replay.id,
  subscription_id: replay.subscription_id,
  from: replay.from,
  to: replay.to,
  types: replay.types === null ? null : [...replay.types],
  dry_run: replay.dry_run,
  status: replay.status,
  cancellation_reason: replay.cancellation_reason,
  progress: {
    position: replay.position,
    examined: replay.position - replay.from + 1,
    matched: replay.matched,
    matched_by_type: [...replay.matched_by_type],
    deliveries,
  },
  created_by: replay.created_by,
  version: replay.version,
  created_at: replay.created_at.toISOString(),
  updated_at: replay.updated_at.toISOString(),
  ended_at: replay.ended_at?.toISOString() ?? null,
});
