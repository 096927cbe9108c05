import { z } from 'zod';
import { idSchema, localeSchema, timestampSchema, timezoneSchema } from '#contracts';
import { emailSchema, passwordSchema } from './credentials.js';
import type { User } from './user.js';

const CONTROLS = /\p{Cc}/u;

export const usernameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_]{3,50}$/, 'must be 3 to 50 letters, digits or underscores');

const fullNameSchema = z
  .string()
  .max(200)
  .refine((name) => name.trim() !== '', 'must not be blank')
  .refine((name) => !CONTROLS.test(name), 'must not contain control characters');

export const registerBody = z
  .strictObject({
    email: emailSchema,
    username: usernameSchema,
    password: passwordSchema,
    full_name: fullNameSchema.optional(),
    locale: localeSchema.optional(),
    timezone: timezoneSchema.optional(),
  })
  .meta({
    examples: [{ email: 'ada@example.com', username: 'ada', password: 'Analytical-1843!', full_name: 'Ada Lovelace' }],
  });

export const patchProfileBody = z
  .strictObject({
    full_name: fullNameSchema.nullable(),
    locale: localeSchema,
    timezone: timezoneSchema,
  })
  .partial()
  .meta({
    description: 'A JSON Merge Patch (RFC 7396): null removes the full name',
    examples: [{ full_name: 'Ada Lovelace' }],
  });

export const userAnswer = z
  .object({
    id: idSchema,
    email: z.string(),
    username: z.string(),
    full_name: z.string().nullable(),
    is_verified: z.boolean(),
    roles: z.array(z.enum(['user', 'admin'])),
    locale: z.string(),
    timezone: z.string(),
    created_at: timestampSchema,
  })
  .meta({ id: 'User' });

export const toAnswer = (user: User): z.infer<typeof userAnswer> => ({
  id: user.id,
  email: user.email,
  username: user.username,
  full_name: user.full_name,
  is_verified: user.is_verified,
  roles: user.roles,
  locale: user.locale,
  timezone: user.timezone,
  created_at: user.created_at.toISOString(),
});
