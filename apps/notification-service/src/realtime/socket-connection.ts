import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import type {
  ClientToServerEvents,
  GapMessage,
  NotificationMeta,
  NotificationPayload,
  ReadyMessage,
  ServerToClientEvents,
} from '#contracts';
import type { Principal } from '#auth';
import type { CloseReason, LiveConnection } from './live-connection.js';
import type { LiveSession } from './live-session.js';
import type { MessageLimit } from './message-limit.js';

/** What the server keeps with each socket. */
export interface SocketData {
  principal: Principal;
  session: LiveSession;
  limit: MessageLimit;
  expiry: NodeJS.Timeout;
}

export type LiveServer = Server<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;
export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents, DefaultEventsMap, SocketData>;

/** A Socket.IO socket as a live connection. */
export class SocketConnection implements LiveConnection {
  readonly transport = 'socket.io';

  constructor(private readonly socket: LiveSocket) {}

  sendReady(message: ReadyMessage): void {
    this.socket.emit('ready', message);
  }

  sendNotification(payload: NotificationPayload, meta: NotificationMeta): void {
    this.socket.emit('notification', payload, meta);
  }

  sendGap(message: GapMessage): void {
    this.socket.emit('gap', message);
  }

  /** What Engine.IO holds back plus what `ws` has not handed to the kernel. */
  backlogBytes(): number {
    const { writeBuffer, transport } = this.socket.conn as unknown as EngineSocket;
    let bytes = bufferedAmountOf(transport);
    for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
    return bytes;
  }

  close(reason: CloseReason): void {
    if (reason === 'auth-expired') this.socket.emit('auth_expired');
    // A consumer that takes nothing would never see a polite goodbye either: its transport is closed at once.
    if (reason === 'slow-consumer') this.socket.conn.close(true);
    else if (reason === 'auth-expired') this.socket.disconnect(true);
    // Closing the transport, unlike a `disconnect` packet, tells the client to come back by itself.
    else this.socket.conn.close();
  }
}

/** The part of Engine.IO's socket that holds what waits; it has no public name for it. */
interface EngineSocket {
  writeBuffer: readonly { data?: unknown }[];
  transport: object;
}

/** The WebSocket transport's own buffer; other transports have none beyond Engine.IO's. */
function bufferedAmountOf(transport: object): number {
  if (!('socket' in transport)) return 0;
  const { socket } = transport;
  if (typeof socket !== 'object' || socket === null || !('bufferedAmount' in socket)) return 0;
  return typeof socket.bufferedAmount === 'number' ? socket.bufferedAmount : 0;
}
