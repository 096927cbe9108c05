import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** A request that the partner got. */
export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}
export type Script = (request: Received, response: ServerResponse) => void;

/** A partner that does what the test says, over real HTTP, and remembers what it was asked. */
export class ScriptedPartner {
  readonly received: Received[] = [];
  /** The most requests that were under way at once. */
  peak = 0;
  private script: Script = respond(404, {});
  private underWay = 0;

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      this.peak = Math.max(this.peak, (this.underWay += 1));
      response.once('close', () => (this.underWay -= 1));
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        const { method = '', url = '', headers } = request;
        const received = { method, path: url, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
        this.received.push(received);
        this.script(received, response);
      });
    });
  }

  static async start(): Promise<ScriptedPartner> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ScriptedPartner(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on; what was asked before is forgotten. */
  does(script: Script): void {
    this.script = script;
    this.received.length = 0;
    this.peak = 0;
  }

  /** The requests for a path so far. */
  asked(path: string): Received[] {
    return this.received.filter((request) => request.path === path);
  }

  /** Breaks off whatever is under way. */
  dropConnections(): void {
    this.server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

/** Answers with JSON, or with text as it is. */
export const respond =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };

/** What each path does; 404 for any other. */
export const routes =
  (table: Record<string, Script>): Script =>
  (request, response) =>
    (table[request.path] ?? respond(404, {}))(request, response);

export const hang: Script = () => undefined;

export const reset: Script = (_request, response) => {
  response.socket?.resetAndDestroy();
};

/** Begins an answer and never ends it. */
export const stall =
  (status: number): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.write('[');
  };

/** Announces more than it sends. */
export const breakOff: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('[', () => response.destroy());
};

/** Sends as long as anybody reads. */
export const flood: Script = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  Readable.from(spaces()).pipe(response);
};

function* spaces() {
  const chunk = Buffer.alloc(64 * 1_024, ' ');
  for (;;) yield chunk;
}
