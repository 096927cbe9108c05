import type { FastifyInstance } from 'fastify';

const DEADLINE_MS = 10_000;

/**
 * On close no new connection is taken, requests in flight finish, and their keep-alive connections end with the answer.
 * What is left after ten seconds (streams, mostly) is cut.
 */
export function drainOnClose(instance: FastifyInstance): void {
  let closing = false;
  let deadline: NodeJS.Timeout | undefined;
  instance.addHook('preClose', (done) => {
    closing = true;
    deadline = setTimeout(() => instance.server.closeAllConnections(), DEADLINE_MS).unref();
    done();
  });
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('Connection', 'close');
    done(null, payload);
  });
  instance.addHook('onClose', (_instance, done) => {
    clearTimeout(deadline);
    done();
  });
}
