import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { FAULT_NAMES, Faults } from './faults.js';
import { World } from './world.js';

/** So that it shows whether events are fetched side by side. */
const EVENT_DELAY_MS = 200;

const HELP = `A stand-in for the partner system. What it has is gone when it ends.

GET  /getUsers
GET  /getUserById/:id
GET  /getEvents
GET  /getEventById/:id    takes ${EVENT_DELAY_MS} ms
POST /addEvent            {"id": "…", "name": "…", "userId": "1", "details": "…"}; the same id again changes nothing

GET  /faults              what is on, and how many requests have come in
PUT  /faults?reads=…&writes=…    either or both, one of ${FAULT_NAMES.join(', ')}
`;

/** A small partner system, ready to listen. */
export function createPartner(): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const world = new World();
  const faults = new Faults();

  app.get('/', (_request, reply) => reply.type('text/plain').send(HELP));
  app.get('/health/ready', () => ({ status: 'up' }));
  app.get('/faults', () => faults.state);
  app.put<{ Querystring: Record<string, string> }>('/faults', (request, reply) => {
    const wrong = faults.set(request.query);
    return wrong === undefined ? faults.state : reply.status(400).send({ message: wrong });
  });

  void app.register(async (partner) => {
    partner.addHook('preHandler', async (request, reply) => {
      if (faults.strike(request.method === 'GET' ? 'reads' : 'writes', reply)) return reply;
    });
    partner.get('/getUsers', () => world.users);
    partner.get('/getEvents', () => [...world.events.values()]);
    partner.get<{ Params: { id: string } }>(
      '/getUserById/:id',
      ({ params }, reply) => world.user(params.id) ?? reply.status(404).send({ message: 'There is no such user.' }),
    );
    partner.get<{ Params: { id: string } }>('/getEventById/:id', async ({ params }, reply) => {
      await delay(EVENT_DELAY_MS);
      return world.events.get(params.id) ?? reply.status(404).send({ message: 'There is no such event.' });
    });
    const schema = { body: { type: 'object' } };
    partner.post<{ Body: Record<string, unknown> }>('/addEvent', { schema }, ({ body }, reply) => {
      const refusal = world.add(body);
      if (refusal === undefined) return { success: true };
      return reply.status(422).send({ success: false, message: refusal });
    });
  });
  return app;
}
