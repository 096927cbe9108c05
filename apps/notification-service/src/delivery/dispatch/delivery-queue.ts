import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { z } from 'zod';
import { ENVELOPE_CONTENT_TYPE, type Envelope, idSchema } from '#contracts';
import { type Clock, newId } from '#kernel';
import { Publisher, type QueueName } from '#messaging';
import { CLOCK } from '../../config.js';
import { admit, CLOSED } from '../attempts/breaker.js';
import { type Breakers, DestinationsRepository } from '../attempts/destinations.repository.js';
import type { ChannelName } from '../channels/channel.js';
import { DeliveriesRepository, type Due, type Held } from '../deliveries.repository.js';

export const QUEUES = {
  webhook: 'notification-service.delivery.webhook.v1',
  eventbridge: 'notification-service.delivery.eventbridge.v1',
  'event-grid': 'notification-service.delivery.event-grid.v1',
  adeventsx: 'notification-service.delivery.adeventsx.v1',
  email: 'notification-service.delivery.email.v1',
} as const satisfies Record<ChannelName, QueueName>;

const TYPE = 'usher.delivery.due';
const AT_ONCE = 500;
/** What has not been claimed by then is put into the queue again: it was lost with an instance, or the queue is long. */
const AGAIN_AFTER_MS = 60_000;
/** The longest wait that finding it when all that is due is looked for, once a second, would be too coarse for. */
const SOON_MS = 4_000;
/** So that a timer that is a little early does not find it not due. */
const TIMER_SLACK_MS = 5;

/** What goes now, and what waits, and until when. */
function parted(all: readonly Due[], known: Breakers, now: Date): { going: readonly Due[]; held: readonly Held[] } {
  if (known.size === 0) return { going: all, held: [] };
  const going: Due[] = [];
  const held: Held[] = [];
  for (const [id, due] of Map.groupBy(all, ({ subscription_id }) => subscription_id)) {
    const admission = admit(known.get(id) ?? CLOSED, now);
    const some = admission.kind === 'pass' ? due.length : admission.kind === 'probe' ? 1 : 0;
    going.push(...due.slice(0, some));
    if (admission.kind !== 'pass') held.push({ ids: idsOf(due.slice(some)), until: admission.until });
  }
  return { going, held };
}

const idsOf = (due: readonly Due[]): string[] => due.map(({ _id }) => _id);

const destinationsOf = (due: readonly Due[]): string[] => due.map(({ subscription_id }) => subscription_id);

const dueData = z.object({ delivery_id: idSchema, destination: z.string() });

/** What a message of a delivery queue says. */
export const readDue = ({ data }: Envelope): z.infer<typeof dueData> => dueData.parse(data);

/**
 * Puts due deliveries into the queues of their channels. Whether one is due is decided when it is claimed; so a message
 * may be repeated without harm, and one that is lost is made again.
 */
@Injectable()
export class DeliveryQueue implements OnApplicationShutdown {
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly deliveries: DeliveriesRepository,
    private readonly destinations: DestinationsRepository,
    private readonly publisher: Publisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** Answers whether there may be more. Throws a retryable `unavailable` while the broker is away. */
  async putDue(): Promise<boolean> {
    const due = await this.deliveries.due(this.clock.now(), AT_ONCE);
    await this.put(due);
    return due.length === AT_ONCE;
  }

  /** Puts in those, which are due; but what is for a destination that is down is held back, and one at a time sent to see. */
  async put(due: readonly Due[]): Promise<void> {
    if (due.length === 0) return;
    const now = this.clock.now();
    const { going, held } = parted(due, await this.destinations.known(destinationsOf(due)), now);
    await this.publish(going, now);
    await this.deliveries.markEnqueued(idsOf(going), now, new Date(now.getTime() + AGAIN_AFTER_MS));
    await this.deliveries.hold(held);
  }

  /** The same with those that have just been made: they need no mark, as they are not due again before a while. */
  async putNew(due: readonly Due[]): Promise<void> {
    const now = this.clock.now();
    const { going, held } = parted(due, await this.destinations.knownHere(destinationsOf(due)), now);
    await this.publish(going, now);
    await this.deliveries.hold(held);
  }

  /** Puts it in right when it falls due, where that is soon; where this fails, it is found a second later. */
  putAt(at: Date, delivery: Due): void {
    const wait = Math.max(0, at.getTime() - this.clock.now().getTime());
    if (wait > SOON_MS) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      this.put([delivery]).catch(() => undefined);
    }, wait + TIMER_SLACK_MS);
    this.timers.add(timer);
  }

  private async publish(due: readonly Due[], now: Date): Promise<void> {
    await Promise.all(due.map((delivery) => this.publisher.publish(this.messageOf(delivery, now))));
  }

  private messageOf({ _id, channel, subscription_id }: Due, now: Date) {
    const data: z.infer<typeof dueData> = { delivery_id: _id, destination: subscription_id };
    const envelope: Envelope = {
      specversion: '1.0',
      id: newId(now),
      source: '/notification-service',
      type: TYPE,
      subject: `deliveries/${_id}`,
      time: now.toISOString(),
      data,
    };
    return {
      exchange: '',
      routingKey: QUEUES[channel],
      content: Buffer.from(JSON.stringify(envelope)),
      properties: { messageId: envelope.id, type: TYPE, contentType: ENVELOPE_CONTENT_TYPE },
    };
  }
}
