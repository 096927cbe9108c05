import Fastify, { type FastifyInstance } from 'fastify';
import { FAULT_NAMES, Faults } from './faults.js';

const HELP = `A stand-in for AdEventsX. What it has received is gone when it ends.

POST   /events            an event
GET    /events            what has come in, oldest first, and what was done with it
DELETE /events            forgets that

GET    /faults            what is on
PUT    /faults?fault=…    one of ${FAULT_NAMES.join(', ')}; with &times=2 for the next two events only
`;

/** How many requests are remembered. */
const KEPT = 10_000;

/** One request, and what became of it. */
interface Received {
  at: string;
  /** `taken`, or the fault that was on. */
  outcome: string;
  event: unknown;
}

/** A small AdEventsX, ready to listen. */
export function createAdEventsX(): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const faults = new Faults();
  const received: Received[] = [];

  app.get('/', (_request, reply) => reply.type('text/plain').send(HELP));
  app.get('/health/ready', () => ({ status: 'up' }));
  app.get('/faults', () => faults.state);
  app.put<{ Querystring: { fault?: string; times?: string } }>('/faults', ({ query }, reply) => {
    const wrong = faults.set(query.fault, query.times);
    return wrong === undefined ? faults.state : reply.status(400).send({ message: wrong });
  });

  app.get('/events', () => received);
  app.delete('/events', (_request, reply) => {
    received.length = 0;
    return reply.status(204).send();
  });
  app.post('/events', async ({ body: event }, reply) => {
    const struck = faults.strike(reply);
    received.push({ at: new Date().toISOString(), outcome: struck ?? 'taken', event });
    if (received.length > KEPT) received.shift();
    return struck === undefined ? { accepted: true } : reply;
  });
  return app;
}
