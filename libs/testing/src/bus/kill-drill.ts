import { setTimeout as delay } from 'node:timers/promises';
import mongoose from 'mongoose';
import type { Envelope } from '#contracts';
import { newId } from '#kernel';
import type { RunningSystem } from '../running-system.js';
import type { ServiceProcess } from '../service-process.js';
import type { Session } from '../session.js';
import { until } from '../until.js';
import { WebhookInbox } from './webhook-inbox.js';

export interface KillDrill {
  /** How many events are published. */
  events: number;
  /** How often notification-service is killed and started again while that goes on. */
  kills: number;
}

/** What producer, archive and receiver say of the same events. */
export interface DrillLedger {
  published: number;
  kills: number;
  /** Requests that had to be sent again, for want of an answer or because of 503. */
  repeatedRequests: number;
  archived: number;
  /** Deliveries as they are stored: in all, and those that succeeded. */
  made: number;
  succeeded: number;
  /** Webhooks as they came: in all, and without what the receiver dropped for its `webhook-id`. */
  received: number;
  receivedOnce: number;
  /** Published, and never seen by the receiver. */
  missing: string[];
  /** Seen under more than one `webhook-id`. */
  doubled: string[];
  /** Webhooks whose signature did not verify. */
  unsigned: number;
}

const TYPE = 'com.acme.drill.held';
const PRODUCERS = 8;
const PAUSE_MS = 50;
/** A kill comes up to so long after its turn, so that it hits whatever is under way then. */
const LATEST_KILL_MS = 200;
const SETTLED_MS = 120_000;

/**
 * Publishes events while `system`'s one notification-service is killed (SIGKILL) and started again at random moments, waits
 * until all of it is over, and counts. Producers repeat what was not answered, under the same id.
 */
export async function drillKills(system: RunningSystem, { events, kills }: KillDrill): Promise<DrillLedger> {
  const [service] = system.notificationServices;
  if (service === undefined) throw new Error('There is nothing to kill.');
  const inbox = await WebhookInbox.start();
  const connection = await mongoose
    .createConnection(system.databases.uri, { dbName: system.databases.notifications })
    .asPromise();
  const source = `/drill/${newId()}`;
  try {
    const subscriber = await system.client('bus:read', 'subscriptions:write');
    await subscriber.subscribe(inbox, { types: [TYPE], source });
    const turns = turnsOf({ events, kills });
    let killing = Promise.resolve();
    const publishing = new Publishing(await system.client('bus:publish'), source, (accepted) => {
      for (const turn of turns) if (turn === accepted) killing = killing.then(() => killAndRestart(service));
    });
    await publishing.run(events);
    await killing;
    await until(async () => {
      const open = await connection.collection('deliveries').countDocuments({ settled_at: null });
      if (open > 0 || inbox.events.size < events) throw new Error(`${open} open, ${inbox.events.size} received`);
    }, SETTLED_MS).catch(() => undefined);
    const deliveries = connection.collection('deliveries');
    return {
      published: publishing.ids.size,
      kills,
      repeatedRequests: publishing.repeated,
      archived: await connection.collection('archive').countDocuments({ source }),
      made: await deliveries.countDocuments({ 'event.source': source }),
      succeeded: await deliveries.countDocuments({ 'event.source': source, status: 'succeeded' }),
      received: inbox.requests,
      receivedOnce: [...inbox.events.values()].reduce((sum, ids) => sum + ids.size, 0),
      missing: [...publishing.ids].filter((id) => !inbox.events.has(id)),
      doubled: [...inbox.events].filter(([, ids]) => ids.size > 1).map(([id]) => id),
      unsigned: inbox.unsigned,
    };
  } finally {
    await connection.close();
    await inbox.close();
  }
}

/** Several producers who publish one event after the other until there are enough. */
class Publishing {
  readonly ids = new Set<string>();
  repeated = 0;
  private next = 0;

  constructor(
    private readonly client: Session,
    private readonly source: string,
    private readonly onAccepted: (before: number) => void,
  ) {}

  async run(events: number): Promise<void> {
    await Promise.all(Array.from({ length: PRODUCERS }, () => this.produce(events)));
  }

  private async produce(events: number): Promise<void> {
    while (this.next < events) {
      const id = newId();
      const data = { number: this.next++ };
      const event: Envelope = { specversion: '1.0', id, source: this.source, type: TYPE, data };
      while (!(await this.publish(event))) {
        this.repeated += 1;
        await delay(PAUSE_MS);
      }
      this.onAccepted(this.ids.size);
      this.ids.add(id);
    }
  }

  /** False where it is to be sent again. */
  private async publish(event: Envelope): Promise<boolean> {
    const answer = await this.client.publish(event).catch(() => undefined);
    if (answer !== undefined && answer.status !== 202 && answer.status !== 503)
      throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer?.status === 202;
  }
}

/** After how many accepted events each kill comes. */
const turnsOf = ({ events, kills }: KillDrill): number[] =>
  Array.from({ length: kills }, () => Math.floor(Math.random() * events));

async function killAndRestart(service: ServiceProcess): Promise<void> {
  await delay(Math.random() * LATEST_KILL_MS);
  await service.kill('SIGKILL');
  await service.start();
}
