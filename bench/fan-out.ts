import { io } from 'socket.io-client';
import { type RunningSystem, Session, until } from '#testing';
import { type Distribution, distributionOf } from './measure.js';

const SOCKETS = 500;
/** Heard by everyone before measuring starts: by then every session has caught up. */
const WARM_UP = 3;
const EVENTS = 40;
const PAUSE_MS = 250;

/** From the request that creates an event to each of 500 sockets, through log, broker and history. */
export async function usherToSockets(system: RunningSystem): Promise<Distribution> {
  const users = await Promise.all(Array.from({ length: SOCKETS / 10 }, () => system.signUp()));
  const listeners = await Promise.all(Array.from({ length: SOCKETS }, (_, index) => of(users, index).listen()));
  const delays: number[] = [];
  for (let made = 0; made < WARM_UP + EVENTS; made += 1) {
    const asked = performance.now();
    await of(users, made).createEvent();
    await until(() => {
      if (listeners.some(({ received }) => received.length <= made)) throw new Error('not everyone has heard');
    });
    if (made >= WARM_UP) for (const { received } of listeners) delays.push((received[made]?.at ?? Number.NaN) - asked);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  for (const user of users) user.close();
  return distributionOf(delays);
}

/** The same through the bare server, which broadcasts from the process that inserted. */
export async function bareToSockets(url: string): Promise<Distribution> {
  const session = new Session({ events: url, notifications: url }, { id: '', username: '' }, '');
  const heard: number[][] = [];
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async (_, index) => {
      const socket = io(url, { transports: ['websocket'], forceNew: true });
      heard[index] = [];
      socket.on('notification', () => heard[index]?.push(performance.now()));
      await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
      return socket;
    }),
  );
  const delays: number[] = [];
  for (let made = 0; made < WARM_UP + EVENTS; made += 1) {
    const asked = performance.now();
    await session.createEvent();
    await until(() => {
      if (heard.some((times) => times.length <= made)) throw new Error('not everyone has heard');
    });
    if (made >= WARM_UP) for (const times of heard) delays.push((times[made] ?? Number.NaN) - asked);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  for (const socket of sockets) socket.close();
  return distributionOf(delays);
}

function of(users: readonly Session[], index: number): Session {
  const user = users[index % users.length];
  if (user === undefined) throw new Error('there are no users');
  return user;
}
