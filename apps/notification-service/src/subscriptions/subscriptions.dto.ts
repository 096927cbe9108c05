import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { DIALECTS, type Filter, sizeOf } from './matching/filter.js';
import { AUDIENCES } from './matching/interest.js';
import { protocolObjections } from './protocol.js';
import { isSigningSecret } from './secrets/signing-secret.js';
import { DEFAULTS, ORDERINGS, PROTOCOLS, type Subscription } from './subscription.js';

export const MAX_TYPES = 50;
const MAX_FILTERS = 20;
const MAX_EXPRESSIONS = 100;
const MAX_DEPTH = 8;

export const attributeValue = z.string().min(1).max(1_024);

/** Attribute names are lower-case letters and digits (CloudEvents 1.0, "Naming conventions"); `data` is none. */
export const attributeName = z
  .string()
  .regex(/^(?!data$)[a-z0-9]{1,64}$/, 'is no attribute: names are lower-case letters and digits');

const attributes = z
  .record(attributeName, attributeValue)
  .refine((compared) => Object.keys(compared).length > 0, 'must name an attribute');

const expressions = z
  .array(z.lazy(() => filterSchema))
  .min(1)
  .max(MAX_FILTERS);

const filterSchema: z.ZodType<Filter> = z
  .strictObject({
    exact: attributes.optional().describe('Attributes that must be equal to these, with regard to case'),
    prefix: attributes.optional().describe('Attributes that must begin with these'),
    suffix: attributes.optional().describe('Attributes that must end with these'),
    all: expressions.optional().describe('Filters that must all pass'),
    any: expressions.optional().describe('Filters of which one must pass'),
    not: z
      .lazy(() => filterSchema)
      .optional()
      .describe('A filter that must not pass'),
  })
  .refine((filter) => Object.keys(filter).length === 1, `must have exactly one of ${DIALECTS.join(', ')}`)
  .meta({
    id: 'Filter',
    minProperties: 1,
    maxProperties: 1,
    description: 'A filter expression of the CloudEvents Subscriptions API: exactly one dialect',
  });

export const filtersSchema = z
  .array(filterSchema)
  .max(MAX_FILTERS)
  .refine((filters) => filters.every((filter) => sizeOf(filter).depth <= MAX_DEPTH), {
    error: `must not be nested deeper than ${MAX_DEPTH} levels`,
  })
  .refine((filters) => filters.reduce((sum, filter) => sum + sizeOf(filter).count, 0) <= MAX_EXPRESSIONS, {
    error: `must not have more than ${MAX_EXPRESSIONS} expressions in all`,
  })
  .describe('All of them must pass');

const sinkSchema = z
  .string()
  .max(2_048)
  .meta({ format: 'uri', examples: ['https://example.com/hooks/usher'] });

const secretSchema = z
  .string()
  .refine(isSigningSecret, 'must be whsec_ and 24 to 64 bytes in base64')
  .describe('Standard Webhooks: `whsec_` and 24 to 64 bytes in base64; made where it is left out');

const members = {
  types: z.array(attributeValue).min(1).max(MAX_TYPES).describe('The types of event to deliver; null: any'),
  source: attributeValue.describe('The one source of events to deliver; null: any'),
  filters: filtersSchema,
  protocol: z
    .enum(PROTOCOLS, { error: `must be one of ${PROTOCOLS.join(', ')}: EMAIL and PUSH are not delivered yet` })
    .describe('How events get to the sink. EVENTBRIDGE is for admins: the service puts them there as itself'),
  sink: sinkSchema.describe(
    'HTTP: where events are posted to. EVENTGRID: the endpoint of the topic. EVENTBRIDGE: the ARN of the bus',
  ),
};
const settings = {
  ordering: z.enum(ORDERINGS).describe('subject: events of one subject one after the other'),
  enabled: z.boolean().describe('false: paused; nothing is matched'),
  max_attempts: z.int().min(1).max(10).describe('How often a delivery is tried before it is a dead letter'),
};
const protocolSettings = z.strictObject({
  method: z.literal('POST').optional().describe('HTTP: there is nothing to choose'),
  access_key: z
    .string()
    .regex(/^[A-Za-z0-9+/=]{16,256}$/, 'must be an access key in base64')
    .optional()
    .describe('EVENTGRID: an access key of the topic; never shown again'),
});

export const newSubscriptionBody = z
  .strictObject({
    types: members.types.nullable().default(DEFAULTS.types),
    source: members.source.nullable().default(DEFAULTS.source),
    filters: members.filters.default(() => [...DEFAULTS.filters]),
    protocol: members.protocol,
    sink: members.sink,
    protocolsettings: protocolSettings.optional(),
    config: z
      .strictObject({
        ordering: settings.ordering.default(DEFAULTS.config.ordering),
        enabled: settings.enabled.default(DEFAULTS.config.enabled),
        max_attempts: settings.max_attempts.default(DEFAULTS.config.max_attempts),
        secret: secretSchema.optional(),
      })
      .prefault({}),
  })
  .superRefine((body, context) => {
    for (const { path, message } of protocolObjections(body))
      context.addIssue({ code: 'custom', path: [...path], message });
  })
  .meta({
    id: 'NewSubscription',
    examples: [
      {
        types: ['usher.event.created'],
        filters: [{ prefix: { subject: 'events/' } }],
        protocol: 'HTTP',
        sink: 'https://example.com/hooks/usher',
        config: { ordering: 'subject' },
      },
    ],
  });
export type NewSubscriptionBody = z.infer<typeof newSubscriptionBody>;

export const patchSubscriptionBody = z
  .strictObject({ protocol: members.protocol, sink: members.sink, protocolsettings: protocolSettings })
  .partial()
  .extend({
    types: members.types.nullish(),
    source: members.source.nullish(),
    filters: members.filters.nullish(),
    config: z
      .strictObject({
        ordering: settings.ordering.nullish(),
        enabled: settings.enabled.nullish(),
        max_attempts: settings.max_attempts.nullish(),
      })
      .optional(),
  })
  .meta({
    id: 'SubscriptionPatch',
    examples: [{ config: { max_attempts: 3 } }],
    description: 'A JSON Merge Patch (RFC 7396): null brings the default back. Secrets are changed by rotate-secret.',
  });
export type SubscriptionPatch = z.infer<typeof patchSubscriptionBody>;

export const rotateSecretBody = z.strictObject({ secret: secretSchema.optional() }).optional();

export const listSubscriptionsQuery = z.strictObject(pageQuery);

export const subscriptionAnswer = z
  .object({
    id: idSchema,
    types: members.types.nullable(),
    source: members.source.nullable(),
    filters: members.filters,
    protocol: members.protocol,
    sink: members.sink,
    protocolsettings: z.object({ method: z.literal('POST').optional() }).describe('Without what is secret'),
    config: z.object({
      ...settings,
      secret: z.string().optional().describe('What deliveries are signed with; where it is new, and only then'),
    }),
    audience: z
      .enum(AUDIENCES)
      .describe('public: `usher.event.*` only; everything: for service clients with bus:read, and admins'),
    disabled_reason: z
      .enum(['sink-gone'])
      .nullable()
      .describe('sink-gone: the sink answered 410. Null where it is enabled, or its owner paused it'),
    created_by: z.object({ id: idSchema, username: z.string() }),
    version: z.int(),
    created_at: timestampSchema,
    updated_at: timestampSchema,
  })
  .meta({ id: 'Subscription' });
export type SubscriptionAnswer = z.infer<typeof subscriptionAnswer>;

export const testAnswer = z
  .object({ id: z.string(), source: z.string(), type: z.string() })
  .meta({ id: 'TestEvent', description: 'The event that was sent' });

/** `secret` only where it is shown: once, and only what deliveries are signed with. */
export const presentSubscription = (subscription: Subscription, secret?: string): SubscriptionAnswer => ({
  id: subscription.id,
  types: subscription.types === null ? null : [...subscription.types],
  source: subscription.source,
  filters: [...subscription.filters],
  protocol: subscription.protocol,
  sink: subscription.sink,
  protocolsettings: subscription.protocol === 'HTTP' ? { method: 'POST' } : {},
  config: {
    ...subscription.config,
    ...(secret === undefined || subscription.protocol !== 'HTTP' ? {} : { secret }),
  },
  audience: subscription.audience,
  disabled_reason: subscription.disabled_reason,
  created_by: subscription.owner,
  version: subscription.version,
  created_at: subscription.created_at.toISOString(),
  updated_at: subscription.updated_at.toISOString(),
});
