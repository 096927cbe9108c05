import { z } from 'zod';
import { idSchema } from '#contracts';
import { type Principal, ROLES } from './principal.js';

/** Both sides of a token: what issuing writes and verifying insists on. */
export interface TokenPolicy {
  issuer: string;
  audience: string;
}

export const ACCESS_TOKEN_SECONDS = 1_800;
export const ALGORITHM = 'RS256';

const claimsSchema = z.object({
  sub: idSchema,
  username: z.string().min(1),
  roles: z.array(z.enum(ROLES)),
  scope: z.string().optional(),
  exp: z.int(),
  jti: z.string().min(1),
});

/** The principal that verified claims speak of; undefined where a claim is missing or of the wrong type. */
export function toPrincipal(claims: unknown): Principal | undefined {
  const { data } = claimsSchema.safeParse(claims);
  if (data === undefined) return undefined;
  return {
    id: data.sub,
    username: data.username,
    roles: data.roles,
    scopes: data.scope?.split(' ').filter((scope) => scope !== '') ?? [],
    expiresAt: new Date(data.exp * 1000),
    tokenId: data.jti,
  };
}
