import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import type { Follow } from './follows.schema.js';

export const followSchema = z.object({ event_id: idSchema, created_at: timestampSchema });

export const followsQuery = z.strictObject(pageQuery);

export const presentFollow = ({ event_id, created_at }: Follow): z.infer<typeof followSchema> => ({
  event_id,
  created_at: created_at.toISOString(),
});
