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
