import type { GapMessage, NotificationMeta, NotificationPayload, ReadyMessage } from '#contracts';

/** Why the server ends a live connection. */
export type CloseReason = 'auth-expired' | 'slow-consumer' | 'shutdown' | 'failed';

/** One open connection to one person, whatever the transport. Sending never waits and never throws. */
export interface LiveConnection {
  readonly transport: 'socket.io' | 'sse';
  sendReady(message: ReadyMessage): void;
  sendNotification(payload: NotificationPayload, meta: NotificationMeta): void;
  sendGap(message: GapMessage): void;
  /** Bytes that were sent but that the network has not taken yet. */
  backlogBytes(): number;
  close(reason: CloseReason): void;
}
