import type { RunningSystem } from '#testing';
import { closedLoop, printThroughput, type Throughput } from '../measure.js';
import { UsherBookings } from './box-office.js';
import { bookOverHttp } from './http.js';
import { PlainBookings } from './plain.js';

const CLIENTS = 200;
const MANY = 1_000;
const UNLIMITED = 1_000_000;
/** Bookings of each measurement; the plain way is slow enough to tell with fewer. */
const COUNT = { plain: 1_000, usher: 20_000 };
/** So that neither is measured while the runtime is still compiling it. */
const WARM_UP = 500;

/** A way to book; the plain one and Usher's. */
interface Way {
  createEvent(capacity: number): Promise<string>;
  book(eventId: string, guest: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Bookings of one hot event and over 1,000 events: through Usher's own code, and over HTTP; each beside the plain way. */
export async function measureBooking(mongodbUri: string, bareUrl: string, system: RunningSystem): Promise<void> {
  const plain = await inProcess(await PlainBookings.open(mongodbUri), COUNT.plain);
  const usher = await inProcess(await UsherBookings.open(mongodbUri), COUNT.usher);
  for (const name of ['hot', 'many'] as const)
    printThroughput(`Booking ${TITLES[name]}, ${CLIENTS} clients, in process`, [
      { name: 'a transaction for each booking (baseline)', figures: plain[name] },
      { name: 'Usher’s box office', figures: usher[name] },
    ]);
  const creator = await system.signUp();
  const http = {
    bare: await overHttp(bareUrl, () => bareEvent(bareUrl), COUNT.plain),
    usher: await overHttp(
      creator.urls.events,
      async () => (await creator.createEvent({ max_attendees: UNLIMITED })).id,
      COUNT.usher / 2,
    ),
  };
  for (const name of ['hot', 'many'] as const)
    printThroughput(`Booking ${TITLES[name]}, ${CLIENTS} clients, over HTTP`, [
      { name: 'bare server, a transaction for each (baseline)', figures: http.bare[name] },
      { name: 'Usher', figures: http.usher[name] },
    ]);
}

const TITLES = { hot: 'one hot event', many: `${MANY} events` };

interface Measured {
  hot: Throughput;
  many: Throughput;
}

async function inProcess(way: Way, count: number): Promise<Measured> {
  const hot = await way.createEvent(UNLIMITED);
  const many: string[] = [];
  while (many.length < MANY) many.push(await way.createEvent(UNLIMITED));
  let guest = 0;
  const run = (eventOf: (index: number) => string, of: number): Promise<Throughput> =>
    closedLoop((index) => way.book(eventOf(index), guest++), { clients: CLIENTS, count: of });
  await run((index) => many[index % MANY] ?? hot, WARM_UP);
  const measured = { many: await run((index) => many[index % MANY] ?? hot, count), hot: await run(() => hot, count) };
  await way.close();
  return measured;
}

async function overHttp(url: string, createEvent: () => Promise<string>, count: number): Promise<Measured> {
  const hot = await createEvent();
  const many: string[] = [];
  while (many.length < MANY) many.push(await createEvent());
  await bookOverHttp(url, many, { clients: CLIENTS, count: WARM_UP });
  return {
    many: await bookOverHttp(url, many, { clients: CLIENTS, count }),
    hot: await bookOverHttp(url, [hot], { clients: CLIENTS, count }),
  };
}

async function bareEvent(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ capacity: UNLIMITED });
  const response = await fetch(`${url}/v1/bookable-events`, { method: 'POST', headers, body });
  return ((await response.json()) as { id: string }).id;
}
