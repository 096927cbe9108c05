export { type Access, InsufficientScope } from './access.js';
export { AccessGuard } from './access.guard.js';
export { AuthenticationGuard } from './authentication.guard.js';
export { ACCESS_TOKEN_SECONDS, type TokenPolicy } from './claims.js';
export { ACCESS, Anonymous, CurrentPrincipal, OptionalPrincipal, REQUIRED_SCOPE } from './decorators.js';
export { JwksKeySource } from './jwks-key-source.js';
export { JwtStrategy } from './jwt.strategy.js';
export type { KeySource } from './key-source.js';
export {
  hasScope,
  isAdmin,
  mayManage,
  type Principal,
  requireManage,
  requirePerson,
  type Role,
  type Scope,
  SCOPES,
} from './principal.js';
export { isOperational, personOf, principalOf } from './request.js';
export { SigningKey } from './signing-key.js';
export { TokenIssuer } from './token-issuer.js';
export { TokenModule } from './token.module.js';
export { TokenVerifier } from './token-verifier.js';
