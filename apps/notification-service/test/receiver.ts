import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '#kernel';

export interface Received {
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a receiver does with the request that it has read. */
export type Answering = (response: ServerResponse, request: IncomingMessage, received: Received) => void;

export const answers =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, headers).end('thank you');

/** Answers with nothing, for as long as the other side waits. */
export const hangs: Answering = () => undefined;

export const resets: Answering = (_, request) => request.socket.resetAndDestroy();

/** Headers and some of a body, and then no more. */
export const stalls: Answering = (response) => void response.writeHead(200).write('still …');

/** A body without an end. */
export const floods: Answering = (response) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(16_384, 'x');
  const go = (): void => {
    while (!response.destroyed) if (!response.write(chunk)) return void response.once('drain', go);
  };
  go();
};

/** A webhook's other end, on loopback. */
export class Receiver {
  readonly received: Received[] = [];
  readonly secret = `whsec_${Buffer.from(newId() + newId()).toString('base64')}`;
  answering: Answering = answers(204);

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      response.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url: path, headers } = request;
        const received = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
        this.received.push(received);
        this.answering(response, request, received);
      });
    });
  }

  static async start(): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The ids of the deliveries that came, in order. */
  get ids(): string[] {
    return this.received.map(({ headers }) => String(headers['webhook-id']));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
