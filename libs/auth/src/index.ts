export { AccessGuard } from './access.guard.js';
export { AuthenticationGuard } from './authentication.guard.js';
export { ACCESS_TOKEN_SECONDS, type TokenPolicy } from './claims.js';
export {
  ACCESS,
  type Access,
  Anonymous,
  CurrentPrincipal,
  OptionalPrincipal,
  Public,
  REQUIRED_ROLES,
  Roles,
} from './decorators.js';
export { JwksKeySource } from './jwks-key-source.js';
export { JwtStrategy } from './jwt.strategy.js';
export type { KeySource } from './key-source.js';
export { isAdmin, mayManage, type Principal, requireManage, type Role, ROLES } from './principal.js';
export { isOperational, principalOf } from './request.js';
export { SigningKey } from './signing-key.js';
export { TokenIssuer } from './token-issuer.js';
export { TokenModule } from './token.module.js';
export { TokenVerifier } from './token-verifier.js';
