import { z } from 'zod';
import { idSchema, timestampSchema } from '#contracts';
import { pageQuery } from '#http';
import { type Device, PLATFORMS } from './device.js';

const SHOWN = 4;

const platform = z.enum(PLATFORMS);

export const deviceBody = z
  .strictObject({
    platform,
    token: z
      .string()
      .min(16)
      .max(4_096)
      .regex(/^[\x21-\x7e]+$/, 'must be a registration token: no spaces, and no characters beyond ASCII')
      .describe('The registration token that FCM has given the app'),
  })
  .meta({
    id: 'NewDevice',
    examples: [{ platform: 'android', token: 'fGx3Qk9wR0mB7dT1:APA91bHun4MxP5egoKMwt2KZFBaFUH' }],
  });

export const deviceAnswer = z
  .object({
    id: idSchema,
    platform,
    token_ends_in: z.string().describe('To tell devices apart; the token is not shown whole'),
    registered_at: timestampSchema.describe('When the app has registered it last'),
  })
  .meta({ id: 'Device' });

export const devicesQuery = z.strictObject(pageQuery);

export const presentDevice = ({ id, platform, token, registered_at }: Device): z.infer<typeof deviceAnswer> => ({
  id,
  platform,
  token_ends_in: token.slice(-SHOWN),
  registered_at: registered_at.toISOString(),
});
