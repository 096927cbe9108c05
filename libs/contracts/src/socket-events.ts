import { z } from 'zod';
import type { NotificationMeta, NotificationPayload } from './notification.js';
import { idSchema } from './primitives.js';

const positionSchema = z.int().min(0);

/** What a client may send over the socket; each is answered by an acknowledgement. */
export const clientMessageSchemas = {
  subscribe: z.strictObject({ event_id: idSchema }),
  unsubscribe: z.strictObject({ event_id: idSchema }),
  /** Without `after`: from the last acknowledged position. */
  resume: z.strictObject({ after: positionSchema.optional() }),
  ack: z.strictObject({ position: positionSchema }),
  authenticate: z.strictObject({ token: z.string().min(1) }),
} as const;
export type ClientMessage = keyof typeof clientMessageSchemas;

/** The answer to a client's message. */
export type Acknowledgement = { ok: true } | { ok: false; error: { code: string; detail: string } };

type ClientHandler<M extends ClientMessage> = (
  message: z.infer<(typeof clientMessageSchemas)[M]>,
  acknowledge?: (answer: Acknowledgement) => void,
) => void;

/** Socket.IO's typed map, client to server. */
export type ClientToServerEvents = { [M in ClientMessage]: ClientHandler<M> };

export interface ReadyMessage {
  user: { id: string; username: string };
  /** The newest archive position that this connection has been brought up to. */
  position: number;
  /** True where the client asked to resume and everything it missed was still there. */
  recovered: boolean;
}

/** Notifications after `from` up to and including `to` are gone from history. */
export interface GapMessage {
  from: number;
  to: number;
}

/** Socket.IO's typed map, server to client. */
export interface ServerToClientEvents {
  ready: (message: ReadyMessage) => void;
  notification: (payload: NotificationPayload, meta: NotificationMeta) => void;
  gap: (message: GapMessage) => void;
  auth_expired: () => void;
}
