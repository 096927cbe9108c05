import { z } from 'zod';
import { idSchema } from '../primitives.js';

/** `data` of `usher.user.registered`, version 1. */
export const userRegisteredV1 = z.object({ user: z.object({ id: idSchema, username: z.string() }) });
