import { dataschemaOf, type Envelope, parseData } from '#contracts';
import type { Delivery, DeliveryStatus } from '../../delivery/delivery.js';
import type { AdEvent } from './ad-event.js';

const TYPE = 'usher.forwarding.requested';
/** Below Usher's own source: no producer can take an id from it. */
export const SOURCE = '/notification-service/forwarders/adeventsx';

/** Delivery keeps AdEventsX as it keeps subscriptions; this one is built in, and below every id that is ever given. */
export const RECEIVER_ID = '000000000000000000000001';

/** How far an event got. All but the last three may still change by themselves. */
export const FORWARDING_STATUSES = ['queued', 'sending', 'retrying', 'delivered', 'dead_letter', 'discarded'] as const;
export type ForwardingStatus = (typeof FORWARDING_STATUSES)[number];

/** The event as it goes on the bus: once for each `event_id`, for the life of the archive. */
export const requestOf = (event: AdEvent, now: Date): Envelope => ({
  specversion: '1.0',
  id: event.event_id,
  source: SOURCE,
  type: TYPE,
  subject: `adeventsx/${event.event_id}`,
  time: now.toISOString(),
  datacontenttype: 'application/json',
  dataschema: dataschemaOf(TYPE),
  data: { forwarder: 'adeventsx', event },
});

export const isForAdEventsX = ({ type, source }: Envelope): boolean => type === TYPE && source === SOURCE;

/** What is to be forwarded. Throws where the data are not those of such a request. */
export const eventIn = ({ data, dataschema }: Envelope): AdEvent => parseData(TYPE, data, dataschema).event;

const STATUS_OF = {
  pending: 'retrying',
  delivering: 'sending',
  succeeded: 'delivered',
  dead: 'dead_letter',
  discarded: 'discarded',
} as const satisfies Record<DeliveryStatus, ForwardingStatus>;

/** `delivery` is undefined until the request has come round to the dispatcher; a redriven one begins anew. */
export function statusOf(delivery: Pick<Delivery, 'status' | 'tries'> | undefined): ForwardingStatus {
  if (delivery === undefined || (delivery.status === 'pending' && delivery.tries === 0)) return 'queued';
  return STATUS_OF[delivery.status];
}
