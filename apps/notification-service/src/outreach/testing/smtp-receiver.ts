import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What it says of a whole message; nothing where it takes it. */
export type Answering = (session: SMTPServerSession) => Promise<void> | void;

const refusal = (status: number, text: string): Error => Object.assign(new Error(text), { responseCode: status });

export const accepts: Answering = () => undefined;

export const refuses =
  (status: number): Answering =>
  () => {
    throw refusal(status, `${String(status).slice(0, 1)}.2.0 <somebody@example.com> is not for us`);
  };

/** Never. */
export const hangs: Answering = () => new Promise(() => undefined);

export interface Received {
  to: string[];
  messageId: string;
  source: string;
  /** Whether it was answered with 250. */
  accepted: boolean;
}

/** A real mail server on loopback that does as it is told. */
export class SmtpReceiver {
  readonly received: Received[] = [];
  /** Addresses that it does not know. */
  readonly unknown = new Set<string>();
  answering: Answering = accepts;
  private readonly sockets = new Map<number | undefined, Socket>();
  private readonly server: SMTPServer;

  private constructor() {
    this.server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
      onRcptTo: ({ address }, _session, done) =>
        done(this.unknown.has(address) ? refusal(550, '5.1.1 There is no such mailbox') : null),
      onData: (stream, session, done) => {
        void stream.toArray().then(async (chunks: Buffer[]) => {
          const source = Buffer.concat(chunks).toString('utf8');
          const mail = {
            to: session.envelope.rcptTo.map(({ address }) => address),
            messageId: /^Message-ID: *(.+)\r$/im.exec(source)?.[1] ?? '',
            source,
            accepted: false,
          };
          this.received.push(mail);
          try {
            await this.answering(session);
            mail.accepted = true;
            done();
          } catch (error) {
            done(error as Error);
          }
        });
      },
    });
    this.server.server.on('connection', (socket: Socket) => this.sockets.set(socket.remotePort, socket));
    this.server.on('error', () => undefined);
  }

  static async start(): Promise<SmtpReceiver> {
    const receiver = new SmtpReceiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.server.address() as AddressInfo).port}`;
  }

  /** Cuts the connection instead of answering. */
  readonly breaksOff: Answering = ({ remotePort }) => {
    this.sockets.get(remotePort)?.resetAndDestroy();
    return hangs({} as SMTPServerSession);
  };

  /** What came for that address, oldest first, as a mail program reads it. */
  async mailsTo(address: string): Promise<Email[]> {
    const theirs = this.received.filter(({ to, accepted }) => accepted && to.includes(address));
    return Promise.all(theirs.map(({ source }) => PostalMime.parse(source)));
  }

  async close(): Promise<void> {
    for (const socket of this.sockets.values()) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
