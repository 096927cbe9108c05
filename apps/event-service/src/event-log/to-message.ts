import { type Envelope, ENVELOPE_CONTENT_TYPE } from '#contracts';
import { EXCHANGES, type OutgoingMessage } from '#messaging';
import type { LogEntry } from '#persistence';

/** CloudEvents `source` of everything that this service says. */
export const SOURCE = '/event-service';

/** A log entry as the bus carries it: CloudEvents 1.0, structured, with what routing and dedupe need in the properties. */
export function toMessage(entry: LogEntry, position: number): OutgoingMessage {
  const envelope: Envelope = {
    specversion: '1.0',
    id: entry._id,
    source: SOURCE,
    type: entry.type,
    subject: entry.subject,
    time: entry.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: entry.dataschema,
    sequence: String(position),
    correlationid: entry.correlationid,
    ...(entry.causationid ? { causationid: entry.causationid } : {}),
    traceparent: entry.traceparent,
    data: entry.data,
  };
  return {
    exchange: EXCHANGES.events,
    routingKey: entry.type,
    content: Buffer.from(JSON.stringify(envelope)),
    properties: {
      messageId: entry._id,
      type: entry.type,
      contentType: ENVELOPE_CONTENT_TYPE,
      headers: { traceparent: entry.traceparent, 'x-usher-attempt': 1 },
    },
  };
}
