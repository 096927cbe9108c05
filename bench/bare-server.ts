/**
 * The baseline: the least code that could do the same routes. Fastify on the plain MongoDB driver, with Socket.IO
 * broadcasting in process: no framework, no validation, no authentication, no log, no broker, no history.
 * Environment: PORT, MONGODB_URI.
 */
import Fastify from 'fastify';
import { mongo } from 'mongoose';
import { Server } from 'socket.io';
import { newId } from '#kernel';
import { PlainBookings } from './booking/plain.js';

interface StoredEvent {
  _id: string;
  title: string;
  start_time: string;
}

const client = await mongo.MongoClient.connect(process.env['MONGODB_URI'] ?? '');
const events = client.db(`bench_bare_${newId()}`).collection<StoredEvent>('events');
await events.createIndexes([{ key: { start_time: 1, _id: 1 } }]);

const app = Fastify();
const sockets = new Server(app.server, { serveClient: false });

app.get('/v1/events', async () => ({ data: await events.find().sort({ start_time: 1, _id: 1 }).limit(20).toArray() }));
app.get<{ Params: { id: string } }>('/v1/events/:id', async ({ params }) => events.findOne({ _id: params.id }));
app.post<{ Body: Omit<StoredEvent, '_id'> }>('/v1/events', async ({ body }, reply) => {
  const event = { ...body, _id: newId() };
  await events.insertOne(event);
  sockets.emit('notification', { type: 'notification', event: { id: event._id, title: event.title } });
  return reply.status(201).send({ ...event, id: event._id });
});

const bookings = await PlainBookings.open(process.env['MONGODB_URI'] ?? '');
app.post<{ Body: { capacity: number } }>('/v1/bookable-events', async ({ body }, reply) =>
  reply.status(201).send({ id: await bookings.createEvent(body.capacity) }),
);
let guests = 0;
app.post<{ Params: { id: string } }>('/v1/events/:id/bookings', async ({ params }, reply) =>
  reply.status(201).send(await bookings.book(params.id, guests++)),
);
await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
