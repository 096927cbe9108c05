import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut. */
export class Gate {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private target = { host: '', port: 0 };

  /** Where what is at `url` is reached through here. */
  before(url: string): string {
    const way = new URL(url);
    this.target = { host: way.hostname, port: Number(way.port) || 5_672 };
    way.host = `127.0.0.1:${this.port}`;
    return way.href;
  }

  async open(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer((client) => {
      const behind = connect(this.target);
      for (const socket of [client, behind]) {
        this.sockets.add(socket);
        socket.setNoDelay(true).on('error', () => undefined);
        socket.once('close', () => {
          client.destroy();
          behind.destroy();
          this.sockets.delete(socket);
        });
      }
      client.pipe(behind).pipe(client);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}
