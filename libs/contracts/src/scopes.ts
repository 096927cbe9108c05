/** OAuth 2.0 scopes: what service clients can be allowed. `admin` includes the others. */
export const SCOPES = [
  'bus:publish',
  'bus:read',
  'subscriptions:write',
  'forward:write',
  'contacts:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];
