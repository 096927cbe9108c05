import { createServer, get, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { NotificationPayload } from '#contracts';
import { newId } from '#kernel';
import { until } from '#testing';
import type { LiveConnection } from './live-connection.js';
import { type LiveSocket, SocketConnection } from './socket-connection.js';
import { StreamConnection } from './stream-connection.js';

const LARGE = 'x'.repeat(64 * 1024);
const MIB = 1_048_576;

const payload: NotificationPayload = {
  type: 'notification',
  notification_type: 'event.created',
  event: { id: newId(), title: LARGE, action: 'created', timestamp: new Date().toISOString() },
  user: 'ada',
};

let http: HttpServer;
let port: number;
beforeEach(async () => {
  http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  ({ port } = http.address() as AddressInfo);
});
afterEach(() => {
  http.closeAllConnections();
  http.close();
});

const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    http.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

/** Sends until the system's own buffers are full and the connection counts more than a mebibyte of its own. */
async function fill(connection: LiveConnection): Promise<void> {
  for (let sent = 0; sent < 2_000 && connection.backlogBytes() <= MIB; sent += 1) {
    connection.sendNotification(payload, { id: newId(), position: sent + 1, traceparent: null, unread: 1 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(connection.backlogBytes()).toBeGreaterThan(MIB);
}

describe('the backlog of a client that takes nothing', () => {
  it.each(['websocket', 'polling'] as const)('is counted and ended over Socket.IO by %s', async (transport) => {
    const server = new Server(http);
    const joined = new Promise<LiveSocket>((resolve) => server.once('connection', resolve));
    const client = io(`http://127.0.0.1:${port}`, { transports: [transport], reconnection: false });
    const connection = new SocketConnection(await joined);
    const left = new Promise<void>(
      (resolve) => void joined.then((socket) => socket.once('disconnect', () => resolve())),
    );
    await until(() => expect(connection.backlogBytes()).toBeLessThan(100));
    if (transport === 'websocket') {
      const { transport: link } = client.io.engine as unknown as { transport: { ws: { _socket: TcpSocket } } };
      link.ws._socket.pause();
    } else {
      // A polling client that never polls again.
      http.removeAllListeners('request');
      await until(() => {
        connection.sendGap({ from: 0, to: 0 });
        expect(connection.backlogBytes()).toBeGreaterThan(0);
      });
    }
    await fill(connection);
    connection.close('slow-consumer');
    await left;
    if (transport === 'websocket') await until(async () => expect(await openConnections()).toBe(0));
    client.close();
  });

  it('is counted and ended over Server-Sent Events', async () => {
    const opened = new Promise<StreamConnection>((resolve) =>
      http.once('request', (_, response) => resolve(new StreamConnection(response))),
    );
    const ended = new Promise<void>((resolve) =>
      http.once('request', (_, response) => response.once('close', resolve)),
    );
    const request = get(`http://127.0.0.1:${port}/`);
    const answering = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
    const connection = await opened;
    connection.sendGap({ from: 0, to: 0 });
    (await answering).socket.pause();
    await fill(connection);
    connection.close('slow-consumer');
    await ended;
    request.destroy();
  });
});
