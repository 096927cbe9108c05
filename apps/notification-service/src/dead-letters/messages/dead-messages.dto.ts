import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { shownContent } from './content.js';
import { DEAD_MESSAGE_EXAMPLE } from './dead-message.example.js';
import { type DeadMessage, type HistoryEntry, MESSAGE_KINDS, MESSAGE_STATUSES } from './dead-message.js';
import type { ListedMessage } from './dead-messages.repository.js';

const somebody = z.object({ id: z.string(), username: z.string() });

const historyEntry = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('filed'),
    at: timestampSchema,
    reason: z.string(),
    detail: z.string().nullable(),
    redrive: z.int().nullable().describe('Which redrive it came back from, from 1; null where from none'),
  }),
  z.object({ what: z.enum(['redriven', 'discarded']), at: timestampSchema, by: somebody }),
]);

const table = z.record(z.string(), z.unknown());

/** A dead message in a list. */
export const listedMessageSchema = z.object({
  id: idSchema,
  kind: z
    .enum(MESSAGE_KINDS)
    .describe('`parked`: could not be processed by whoever took it; `unrouted`: was published, and no queue wanted it'),
  status: z.enum(MESSAGE_STATUSES).describe('Lists have the `open` ones only'),
  queue: z.string().nullable().describe('Where it could not be processed; null where that is unknown, or unrouted'),
  exchange: z.string().describe('What it was published to; empty for the default exchange'),
  routing_key: z.string(),
  reason: z.string().describe('A word to group by'),
  detail: z.string().nullable(),
  message_id: z.string().nullable(),
  type: z.string().nullable().describe('The event’s, where the message says one'),
  properties: table.describe('AMQP properties'),
  headers: table,
  size: z.int().describe('Of the content, in bytes'),
  history: z.array(historyEntry).describe('The latest hundred: each time it was filed, and what people did about it'),
  times: z.int().describe('How often it was filed'),
  redriven_from: idSchema.nullable().describe('The dead letter as whose redrive it came here from elsewhere'),
  first_seen: timestampSchema,
  dead_since: timestampSchema.describe('When it was filed last'),
});

const content = z.object({
  as: z.enum(['json', 'text', 'base64']),
  value: z.unknown().describe('A JSON value, or a string'),
  whole: z.boolean().describe('Of more than 8 MiB only the first 64 KiB are kept, and it cannot be redriven'),
});

export const deadMessageSchema = listedMessageSchema.extend({ content }).meta({ examples: [DEAD_MESSAGE_EXAMPLE] });

export const presentListed = (message: ListedMessage): z.infer<typeof listedMessageSchema> => ({
  id: message.id,
  kind: message.kind,
  status: message.status,
  queue: message.queue,
  exchange: message.exchange,
  routing_key: message.routing_key,
  reason: message.reason,
  detail: message.detail,
  message_id: message.message_id,
  type: message.type,
  properties: message.properties,
  headers: message.headers,
  size: message.size,
  history: message.history.map(presentEntry),
  times: message.times,
  redriven_from: message.redriven_from,
  first_seen: message.first_seen.toISOString(),
  dead_since: message.dead_since.toISOString(),
});

export const presentMessage = (message: DeadMessage): z.infer<typeof deadMessageSchema> => ({
  ...presentListed(message),
  content: { ...shownContent(message.content), whole: message.whole },
});

const presentEntry = (entry: HistoryEntry): z.infer<typeof historyEntry> => ({ ...entry, at: entry.at.toISOString() });
