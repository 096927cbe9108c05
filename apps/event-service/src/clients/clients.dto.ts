import { z } from 'zod';
import { actorSchema, idSchema, SCOPES, timestampSchema } from '#contracts';
import { filledText } from '#http';
import type { Client } from './client.js';

const CONTROLS = /\p{Cc}/u;

const nameSchema = filledText(100).refine((name) => !CONTROLS.test(name), 'must not contain control characters');
const scopeSchema = z.enum(SCOPES);

export const newClientBody = z
  .strictObject({
    name: nameSchema.describe('What people know it by; several clients may have one name'),
    scopes: z
      .array(scopeSchema)
      .min(1)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'must not name a scope twice')
      .meta({ uniqueItems: true, description: 'What its tokens can be good for; `admin` includes the others' }),
  })
  .meta({ id: 'NewClient', examples: [{ name: 'Order service', scopes: ['bus:publish'] }] });

export const clientAnswer = z
  .object({
    id: idSchema.describe('The `client_id` of token requests'),
    name: z.string(),
    scopes: z.array(scopeSchema),
    created_by: actorSchema,
    created_at: timestampSchema,
    last_used_at: timestampSchema.nullable().describe('When it last got a token'),
  })
  .meta({ id: 'Client' });
export type ClientResource = z.infer<typeof clientAnswer>;

export const createdClientAnswer = clientAnswer
  .extend({ client_secret: z.string().describe('Told this once') })
  .meta({ id: 'CreatedClient' });

export const toResource = ({ created_at, last_used_at, ...client }: Client): ClientResource => ({
  ...client,
  created_at: created_at.toISOString(),
  last_used_at: last_used_at?.toISOString() ?? null,
});
