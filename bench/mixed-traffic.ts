import { newEvent, type RunningSystem, Session } from '#testing';
import { type Distribution, distributionOf, openLoop } from './measure.js';

const USERS = 1_000;
const LOAD = { perSecond: 100, seconds: 30 };
/** Of a hundred requests. */
const READS_OF_ONE = 40;
const LISTS = 40;
const CHANGES = 10;

/** 100 requests a second by 1,000 signed-in users: lists, single events, changes and creations. */
export async function usherUnderMixedTraffic(system: RunningSystem): Promise<Distribution> {
  const users: Session[] = [];
  while (users.length < USERS) users.push(...(await Promise.all(Array.from({ length: 20 }, () => system.signUp()))));
  const owners = users.slice(0, 50);
  const events = await Promise.all(owners.map(async (owner) => ({ owner, id: (await owner.createEvent()).id })));
  const statuses = new Map<number, number>();
  const durations = await openLoop(async (index) => {
    const user = users[index % USERS];
    const event = events[index % events.length];
    if (user === undefined || event === undefined) throw new Error('nobody to send it');
    const { status } = await send(kindOf(index), user, event);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }, LOAD);
  const failed = [...statuses].filter(([status]) => status >= 400);
  if (failed.length > 0) throw new Error(`refused: ${JSON.stringify(failed)}`);
  return distributionOf(durations);
}

/** The same load on the bare server, where nobody signs in and a change is a read. */
export async function bareUnderMixedTraffic(url: string): Promise<Distribution> {
  const session = new Session({ events: url, notifications: url }, { id: '', username: '' }, '');
  const ids = await Promise.all(Array.from({ length: 50 }, async () => (await session.createEvent()).id));
  const durations = await openLoop(async (index) => {
    const id = ids[index % ids.length];
    const kind = kindOf(index);
    if (kind === 'create') await session.createEvent();
    else await session.events('GET', kind === 'list' ? '/v1/events' : `/v1/events/${id ?? ''}`);
  }, LOAD);
  return distributionOf(durations);
}

type Kind = 'one' | 'list' | 'change' | 'create';

function kindOf(index: number): Kind {
  // 37 is coprime to 100: each hundred requests have the whole mix, spread out.
  const at = (index * 37) % 100;
  if (at < READS_OF_ONE) return 'one';
  if (at < READS_OF_ONE + LISTS) return 'list';
  return at < READS_OF_ONE + LISTS + CHANGES ? 'change' : 'create';
}

function send(kind: Kind, user: Session, event: { owner: Session; id: string }): Promise<{ status: number }> {
  switch (kind) {
    case 'one':
      return user.events('GET', `/v1/events/${event.id}`);
    case 'list':
      return user.events('GET', '/v1/events?status=scheduled&sort=start_time');
    case 'change':
      return event.owner.events('PATCH', `/v1/events/${event.id}`, { description: crypto.randomUUID() });
    case 'create':
      return user.events('POST', '/v1/events', newEvent());
    default:
      return kind satisfies never;
  }
}
