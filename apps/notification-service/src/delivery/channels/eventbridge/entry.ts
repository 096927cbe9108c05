import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Shipment } from '../channel.js';
import { markedEvent } from '../marked-event.js';

/**
 * A shipment as EventBridge takes it. Its `Detail` is the whole CloudEvent: EventBridge gives ids of its own, and another one
 * at every attempt, so that rules and targets know a repetition by `detail.source` and `detail.id`.
 */
export function entryOf({ envelope, sink, replayId }: Shipment): PutEventsRequestEntry {
  const trace = envelope.traceparent === undefined ? undefined : traceHeaderOf(envelope.traceparent);
  return {
    EventBusName: sink,
    Source: envelope.source,
    DetailType: envelope.type,
    Detail: JSON.stringify(markedEvent({ envelope, replayId })),
    ...(envelope.time === undefined ? {} : { Time: new Date(envelope.time) }),
    ...(trace === undefined ? {} : { TraceHeader: trace }),
  };
}

/** The region that an event bus is in, by its ARN (`arn:partition:events:region:account:event-bus/name`). */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

const TRACEPARENT = /^00-([0-9a-f]{8})([0-9a-f]{24})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A W3C `traceparent` as X-Ray writes it ("Tracing header", AWS X-Ray Developer Guide); undefined for what is none. */
export function traceHeaderOf(traceparent: string): string | undefined {
  const [, epoch, unique, parent, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (epoch === undefined || unique === undefined || parent === undefined || flags === undefined) return undefined;
  return `Root=1-${epoch}-${unique};Parent=${parent};Sampled=${Number.parseInt(flags, 16) & 1}`;
}
