import { z } from 'zod';
import { ID_PATTERN } from '#kernel';

/** 24 hexadecimal digits. */
export const idSchema = z.string().regex(ID_PATTERN, 'must be 24 hexadecimal digits');

/** An instant as the contract writes it: RFC 3339 in UTC with milliseconds. */
export const timestampSchema = z.iso.datetime({ precision: 3 });

/** Who did something. `system` is what Usher does by itself. */
export const actorSchema = z.object({ id: idSchema.nullable(), username: z.string() });
export type Actor = z.infer<typeof actorSchema>;

export const SYSTEM_ACTOR: Actor = { id: null, username: 'system' };
/** Whoever acts without an account; names are personal and do not go into messages. */
export const GUEST_ACTOR: Actor = { id: null, username: 'guest' };

/** Whether `name` is a time zone of the IANA database that this platform knows. */
export function isTimezone(name: string): boolean {
  // Intl also takes offsets such as +01:00, which are no time zones.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A time zone of the IANA database. */
export const timezoneSchema = z
  .string()
  .max(64)
  .refine(isTimezone, 'must be an IANA time zone, such as Europe/Berlin')
  .meta({ description: 'IANA', examples: ['Europe/Berlin'] });

/** A language tag, in its canonical form. */
export const localeSchema = z
  .string()
  .max(64)
  .refine(isLocale, 'must be a BCP 47 language tag, such as pt-BR')
  .transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag)
  .meta({ openapi: { type: 'string', description: 'BCP 47', examples: ['pt-BR'] } });

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
