import { z } from 'zod';

/** RFC 6749, section 4.4.2. Credentials may come by HTTP Basic instead; see `readTokenRequest`. */
export const tokenBody = z
  .strictObject({
    grant_type: z
      .string()
      .max(100)
      .meta({ enum: ['client_credentials'] }),
    client_id: z.string().max(100).optional(),
    client_secret: z.string().max(200).optional(),
    scope: z
      .string()
      .max(1_000)
      .optional()
      .describe('Scopes of the client, separated by spaces; all of them where left out'),
  })
  .meta({
    id: 'TokenRequest',
    examples: [
      {
        grant_type: 'client_credentials',
        client_id: '691f0c4e8f1b2a6d3c5e7f90',
        client_secret: 'usher_cs_…',
        scope: 'bus:publish',
      },
    ],
  });
export type TokenBody = z.infer<typeof tokenBody>;

/** RFC 6749, section 5.1. */
export const tokenAnswer = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().describe('Seconds'),
    scope: z.string().describe('What the token is good for, separated by spaces'),
  })
  .meta({ id: 'ClientToken' });
export type TokenAnswer = z.infer<typeof tokenAnswer>;
