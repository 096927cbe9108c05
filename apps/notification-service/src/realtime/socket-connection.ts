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
    const { writeBuffer, transport } = this.engine;
    let bytes = transport.socket?.bufferedAmount ?? 0;
    for (const { data } of writeBuffer) bytes += typeof data === 'string' ? data.length : 0;
    return bytes;
  }

  close(reason: CloseReason): void {
    if (reason === 'auth-expired') this.socket.emit('auth_expired');
    if (reason === 'slow-consumer') this.cutOff();
    else if (reason === 'auth-expired') this.socket.disconnect(true);
    // Closing the transport, unlike a `disconnect` packet, tells the client to come back by itself.
    else this.socket.conn.close();
  }

  /** Who takes nothing would not take a goodbye either, and closing politely would keep what waits in memory. */
  private cutOff(): void {
    const { transport } = this.engine;
    this.socket.conn.close(true);
    transport.socket?.terminate();
  }

  private get engine(): EngineSocket {
    return this.socket.conn as unknown as EngineSocket;
  }
}

/** The part of Engine.IO's socket that holds what waits; it has no public name for it. */
interface EngineSocket {
  writeBuffer: readonly { data?: unknown }[];
  /** `socket` is the `ws` WebSocket; other transports have none. */
  transport: { socket?: { bufferedAmount: number; terminate(): void } };
}
