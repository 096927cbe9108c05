import type { ServerResponse } from 'node:http';
import type { GapMessage, NotificationMeta, NotificationPayload, ReadyMessage } from '#contracts';
import type { CloseReason, LiveConnection } from './live-connection.js';

const HEARTBEAT_MS = 15_000;

/** A response that streams Server-Sent Events (WHATWG HTML, "Server-sent events") as a live connection. */
export class StreamConnection implements LiveConnection {
  readonly transport = 'sse';
  private readonly heartbeat: NodeJS.Timeout;

  constructor(private readonly response: ServerResponse) {
    // Keeps proxies from closing an idle stream, and finds a dead peer.
    this.heartbeat = setInterval(() => this.write(': \n\n'), HEARTBEAT_MS).unref();
    response.once('close', () => clearInterval(this.heartbeat));
  }

  sendReady(message: ReadyMessage): void {
    this.send('ready', message);
  }

  sendNotification(payload: NotificationPayload, meta: NotificationMeta): void {
    this.send('notification', { ...meta, payload }, meta.position);
  }

  sendGap(message: GapMessage): void {
    this.send('gap', message, message.to);
  }

  backlogBytes(): number {
    return this.response.writableLength;
  }

  close(reason: CloseReason): void {
    if (reason === 'slow-consumer') {
      this.response.destroy();
      return;
    }
    if (reason === 'auth-expired') this.send('auth_expired', {});
    this.response.end();
  }

  private send(event: string, data: object, id?: number): void {
    this.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    if (!this.response.writableEnded && !this.response.destroyed) this.response.write(text);
  }
}
