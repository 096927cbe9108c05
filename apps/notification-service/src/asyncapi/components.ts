import { z } from 'zod';
import {
  acknowledgementSchema,
  actorSchema,
  attendeeChangedV1,
  bookingChangedV1,
  envelopeHeadersSchema,
  EVENT_TYPES,
  eventChangedV1,
  eventSchema,
  gapSchema,
  notificationMetaSchema,
  notificationPayloadSchema,
  readySchema,
  streamedNotificationSchema,
} from '#contracts';
import { type JsonSchema, type Message, type Reference, refTo } from './document.js';
import type { MessageDefinition, Messages } from './messages.js';

/** What several messages share, or what deserves a name of its own. */
const NAMED = {
  Acknowledgement: acknowledgementSchema,
  Actor: actorSchema,
  AttendeeChangedV1: attendeeChangedV1,
  Booking: bookingChangedV1.shape.booking,
  BookingChangedV1: bookingChangedV1,
  EnvelopeHeaders: envelopeHeadersSchema,
  Event: eventSchema,
  EventChangedV1: eventChangedV1,
  EventReminderV1: EVENT_TYPES['usher.event.reminder'][0],
  Gap: gapSchema,
  Notification: notificationPayloadSchema,
  NotificationMeta: notificationMetaSchema,
  Ready: readySchema,
  StreamedNotification: streamedNotificationSchema,
  WorkflowNotifiedV1: EVENT_TYPES['usher.workflow.notified'][0],
} as const;

/** The document's reusable parts: each message, and each schema that a message refers to. */
export function buildComponents(messages: Messages): {
  messages: Record<string, Message>;
  schemas: Record<string, JsonSchema>;
} {
  const schemas = new Schemas();
  const described = Object.entries(messages).map(([id, message]) => [id, describe(id, message, schemas)] as const);
  return { messages: Object.fromEntries(described), schemas: schemas.toJson() };
}

function describe(id: string, message: MessageDefinition, schemas: Schemas): Message {
  const { name, summary, payload, headers, contentType, correlationId, examples, bindings } = message;
  return {
    name,
    title: id,
    summary,
    ...(contentType === undefined ? {} : { contentType }),
    ...(headers === undefined ? {} : { headers: schemas.refer(headers, `${id}.headers`) }),
    ...(payload === undefined ? {} : { payload: schemas.refer(payload, id) }),
    ...(correlationId === undefined ? {} : { correlationId: { location: correlationId } }),
    ...(examples === undefined ? {} : { examples }),
    ...(bindings === undefined ? {} : { bindings }),
  };
}

/** Zod schemas as JSON Schema draft 7, AsyncAPI's default, that refer to one another by name. */
class Schemas {
  private readonly registry = z.registry<{ id: string }>();

  constructor() {
    for (const [id, schema] of Object.entries(NAMED)) this.registry.add(schema, { id });
  }

  /** A reference to the schema, which is called `id` where it has no name yet. */
  refer(schema: z.ZodType, id: string): Reference {
    const known = this.registry.get(schema)?.id;
    if (known === undefined) this.registry.add(schema, { id });
    return refTo('components', 'schemas', known ?? id);
  }

  toJson(): Record<string, JsonSchema> {
    const { schemas } = z.toJSONSchema(this.registry, {
      target: 'draft-7',
      // As a reader may rely on it: a message may gain members, except where the contract says that it never does.
      io: 'input',
      uri: (id) => refTo('components', 'schemas', id).$ref,
      override: ({ jsonSchema }) => dropNoise(jsonSchema),
    });
    return Object.fromEntries(
      Object.entries(schemas)
        .map(([id, { $schema: _dialect, $id: _id, ...schema }]): [string, JsonSchema] => [id, schema])
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  }
}

/** Leaves out what Zod adds although the type or the format says it already. */
function dropNoise(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.format === 'date-time') delete schema.pattern;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
