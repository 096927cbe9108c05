import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type NodemailerError, type SendMailOptions, type Transporter } from 'nodemailer';
import { LOGGER, type Logger } from '#observability';
import type { Channel, Outcome, Shipment } from '../../delivery/channels/channel.js';
import { outcomeOfError, TOO_LATE } from './answer.js';
import { toSend } from './email.js';
import { EmailWriter, NOT_WRITTEN, type Written } from './email-writer.js';
import { EMAIL_RETRIES } from './retry-policy.js';

const CONNECTIONS = 8;
const CONNECT_MS = 5_000;
/** Below what an attempt may take at most: then the connection is closed by itself as well. */
const SILENCE_MS = 14_000;

/** E-mails over SMTP, each handed to the mail server that is the shipment's sink. */
@Injectable()
export class EmailChannel implements Channel, OnApplicationShutdown {
  readonly name = 'email';
  readonly retries = EMAIL_RETRIES;
  readonly breaks = true;
  private readonly transports = new Map<string, Transporter>();

  constructor(
    @Inject(EmailWriter) private readonly writer: Pick<EmailWriter, 'write'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationShutdown(): void {
    for (const transport of this.transports.values()) transport.close();
  }

  async deliver(shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const written = await this.write(shipment, signal);
    if (written === undefined) return TOO_LATE;
    if (written.kind === 'not-written') return written.outcome;
    const outcome = await this.send(toSend(written.email), shipment.sink, signal);
    return { ...outcome, template: written.template };
  }

  /** Undefined where there is no time left. */
  private async write(shipment: Shipment, signal: AbortSignal): Promise<Written | undefined> {
    if (signal.aborted) return undefined;
    const aborted = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    const written = this.writer.write(shipment).catch((error: unknown): Written => {
      this.logger.warn({ err: error, delivery_id: shipment.id }, 'email.not_written');
      return { kind: 'not-written', outcome: NOT_WRITTEN };
    });
    return Promise.race([written, aborted]);
  }

  private async send(mail: SendMailOptions, sink: string, signal: AbortSignal): Promise<Outcome> {
    try {
      await this.transportTo(sink).sendMail({ ...mail, signal });
      return { kind: 'delivered', status: 250 };
    } catch (error) {
      return outcomeOfError(error as NodemailerError, signal);
    }
  }

  private transportTo(url: string): Transporter {
    const transport = this.transports.get(url) ?? open(url);
    this.transports.set(url, transport);
    return transport;
  }
}

/** With TLS as the URL says: `smtps` from the start, `smtp` where the server offers it, or must by `?requireTLS=true`. */
const open = (url: string): Transporter =>
  createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    // When to try again is the delivery's to decide.
    maxRequeues: 1,
  });
