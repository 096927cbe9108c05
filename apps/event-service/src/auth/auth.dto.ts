import { z } from 'zod';
import { knownPasswordSchema, passwordSchema } from '../users/credentials.js';
import { userAnswer } from '../users/users.dto.js';

const nameSchema = z.string().min(1).max(254);

export const loginBody = z
  .strictObject({
    username: nameSchema.optional(),
    email: nameSchema.optional(),
    password: knownPasswordSchema,
  })
  .superRefine(({ username, email }, context) => {
    if (username === undefined && email === undefined)
      context.addIssue({ code: 'custom', path: ['username'], message: 'name the account by username or by email' });
    if (username !== undefined && email !== undefined)
      context.addIssue({ code: 'custom', path: ['email'], message: 'give either username or email, not both' });
  })
  .meta({
    description: 'Exactly one of `username` and `email`',
    examples: [{ username: 'demo', password: 'Demo-2026!' }],
  });

export const refreshBody = z.strictObject({ refresh_token: z.string().min(1).max(512) });

export const changePasswordBody = z.strictObject({
  current_password: knownPasswordSchema,
  new_password: passwordSchema,
});

const pair = {
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds'),
  refresh_token: z.string().describe('Good for one refresh'),
};
export const tokensAnswer = z.object(pair).meta({ id: 'Tokens' });
export const loginAnswer = z.object({ ...pair, user: userAnswer }).meta({ id: 'Login' });
export type Tokens = z.infer<typeof tokensAnswer>;

export const jwksAnswer = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });
