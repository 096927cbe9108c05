import { z } from 'zod';
import type { NotificationMeta, NotificationPayload } from './notification.js';
import { idSchema } from './primitives.js';

const positionSchema = z.int().min(0);

/** What a client may send over the socket; each is answered by an acknowledgement. */
export const clientMessageSchemas = {
  subscribe: z.strictObject({ event_id: idSchema }),
  unsubscribe: z.strictObject({ event_id: idSchema }),
  resume: z.strictObject({
    after: positionSchema.optional().describe('Where it is missing: from the last acknowledged position'),
  }),
  ack: z.strictObject({ position: positionSchema }),
  authenticate: z.strictObject({ token: z.string().min(1) }),
} as const;
export type ClientMessage = keyof typeof clientMessageSchemas;

/** The answer to a client's message. */
export const acknowledgementSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), detail: z.string() }) }),
]);
export type Acknowledgement = z.infer<typeof acknowledgementSchema>;

type ClientHandler<M extends ClientMessage> = (
  message: z.infer<(typeof clientMessageSchemas)[M]>,
  acknowledge?: (answer: Acknowledgement) => void,
) => void;

/** Socket.IO's typed map, client to server. */
export type ClientToServerEvents = { [M in ClientMessage]: ClientHandler<M> };

/** What a live connection begins with. */
export const readySchema = z.object({
  user: z.object({ id: idSchema, username: z.string() }),
  position: positionSchema.describe('The newest archive position that this connection has been brought up to'),
  recovered: z.boolean().describe('Whether the client asked to resume and everything it missed was still there'),
});
export type ReadyMessage = z.infer<typeof readySchema>;

/** Notifications after `from` up to and including `to` are gone from history. */
export const gapSchema = z.object({ from: positionSchema, to: positionSchema });
export type GapMessage = z.infer<typeof gapSchema>;

/** Socket.IO's typed map, server to client. */
export interface ServerToClientEvents {
  ready: (message: ReadyMessage) => void;
  notification: (payload: NotificationPayload, meta: NotificationMeta) => void;
  gap: (message: GapMessage) => void;
  auth_expired: () => void;
}
