import { z } from 'zod';
import { idSchema, notificationPayloadSchema } from '#contracts';

/** What one commit of intake told people, as the instances tell one another. */
export const committedBatchSchema = z.object({
  /** The batch covers the positions above `after`, up to and including `upTo`. */
  after: z.int(),
  upTo: z.int(),
  /** Null where they are too many to send along. */
  notifications: z
    .array(
      z.object({
        _id: idSchema,
        position: z.int(),
        user_id: idSchema.nullable(),
        payload: notificationPayloadSchema,
        traceparent: z.string().nullable(),
      }),
    )
    .nullable(),
});
export type CommittedBatch = z.infer<typeof committedBatchSchema>;

export type SentNotification = NonNullable<CommittedBatch['notifications']>[number];
