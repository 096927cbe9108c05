import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Envelope } from '#contracts';

/** A webhook's other end that answers 204 and remembers what came; dedupes by `webhook-id`, as receivers should. */
export class WebhookInbox {
  readonly secret = `whsec_${randomBytes(32).toString('base64')}`;
  /** The events that came, by id; each with the deliveries that brought it. */
  readonly events = new Map<string, Set<string>>();
  /** Requests in all, repetitions of a delivery included. */
  requests = 0;
  /** Requests whose signature is not ours; answered 401. */
  unsigned = 0;
  /** Hears of each event the first time it comes. */
  onEvent: (id: string) => void = () => undefined;
  private readonly webhook = new Webhook(this.secret);

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => this.read(request, response));
  }

  static async start(): Promise<WebhookInbox> {
    // Longer than a client on a busy machine needs to notice: one that is closed as it is used again is a failed request.
    const server = createServer({ keepAliveTimeout: 60_000 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new WebhookInbox(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private read(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const taken = this.take(Buffer.concat(chunks).toString('utf8'), request.headers as Record<string, string>);
      response.writeHead(taken ? 204 : 401).end();
    });
  }

  private take(body: string, headers: Record<string, string>): boolean {
    this.requests += 1;
    try {
      const { id } = this.webhook.verify(body, headers) as Envelope;
      const deliveries = this.events.get(id) ?? new Set();
      this.events.set(id, deliveries.add(headers['webhook-id'] ?? ''));
      if (deliveries.size === 1) this.onEvent(id);
      return true;
    } catch {
      this.unsigned += 1;
      return false;
    }
  }
}
