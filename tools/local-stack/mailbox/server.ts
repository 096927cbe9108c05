import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { SMTPServer } from 'smtp-server';
import { bytesOf, inFull, inShort, type Mail, Mails } from './mails.js';
import { listPage, mailPage } from './pages.js';

const LARGEST_BYTES = 10 * 1_024 * 1_024;

/** Neither our pages nor what is in a mail run anything or fetch anything; a mail does not even share their origin. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'";
const MAIL_POLICY =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** A mail server that delivers nothing: it shows what it was given. */
export interface Mailbox {
  /** 0 takes any free port. */
  listen(at: { port: number; smtpPort: number; host: string }): Promise<void>;
  close(): Promise<void>;
  /** Where it is, once it listens. */
  readonly url: string;
  readonly smtpUrl: string;
}

/** A small mail server with a page of what came in; that is gone when it ends. */
export function createMailbox(): Mailbox {
  const mails = new Mails();
  const smtp = smtpServer(mails);
  const http = pages(mails);
  const urlOf = (protocol: string, { port }: AddressInfo): string => `${protocol}://127.0.0.1:${port}`;
  return {
    async listen({ port, smtpPort, host }) {
      smtp.listen(smtpPort, host);
      await once(smtp.server, 'listening');
      await http.listen({ port, host });
    },
    async close() {
      await http.close();
      await new Promise<void>((resolve) => smtp.close(resolve));
    },
    get url() {
      return urlOf('http', http.server.address() as AddressInfo);
    },
    get smtpUrl() {
      return urlOf('smtp', smtp.server.address() as AddressInfo);
    },
  };
}

function smtpServer(mails: Mails): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: LARGEST_BYTES,
    closeTimeout: 1_000,
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo.map(({ address }) => address);
      stream
        .toArray()
        .then((chunks: Buffer[]) => mails.add(to, Buffer.concat(chunks)))
        .then(() => done(), done);
    },
  });
  // Clients that break off.
  server.on('error', () => undefined);
  return server;
}

function pages(mails: Mails): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', (_request, reply, next) => {
    void reply.headers({ 'x-content-type-options': 'nosniff', 'content-security-policy': PAGE_POLICY });
    next();
  });
  app.get('/health/ready', () => ({ status: 'up' }));
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(listPage(mails.list())));

  app.get<{ Querystring: { to?: string } }>('/mails', ({ query }) => mails.list(query.to).map(inShort));
  app.delete('/mails', (_request, reply) => {
    mails.clear();
    return reply.status(204).send();
  });
  const show = (path: string, answer: (reply: FastifyReply, mail: Mail, part: string | undefined) => FastifyReply) =>
    app.get<{ Params: { id: string; part?: string } }>(path, ({ params: { id, part } }, reply) => {
      const mail = mails.find(id);
      return mail === undefined
        ? reply.status(404).send({ message: 'There is no such e-mail.' })
        : answer(reply, mail, part);
    });
  show('/mails/:id', (reply, mail) => reply.send(inFull(mail)));
  show('/mails/:id/page', (reply, mail) => reply.type('text/html; charset=utf-8').send(mailPage(mail)));
  show('/mails/:id/html', (reply, { content }) =>
    reply
      .header('content-security-policy', MAIL_POLICY)
      .type('text/html; charset=utf-8')
      .send(content.html ?? ''),
  );
  show('/mails/:id/source', (reply, { source }) => reply.type('text/plain; charset=utf-8').send(source));
  show('/mails/:id/attachments/:part', (reply, { content }, part) => {
    const attachment = content.attachments[Number(part)];
    if (attachment === undefined) return reply.status(404).send({ message: 'There is no such attachment.' });
    return reply.header('content-disposition', 'attachment').type('application/octet-stream').send(bytesOf(attachment));
  });
  return app;
}
