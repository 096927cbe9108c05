import type { KeyObject } from 'node:crypto';
import { PassportStrategy } from '@nestjs/passport';
import { decodeProtectedHeader } from 'jose';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { ALGORITHM, toPrincipal, type TokenPolicy } from './claims.js';
import type { KeySource } from './key-source.js';
import type { Principal } from './principal.js';

const CLOCK_TOLERANCE_SECONDS = 5;

/** Passport's `jwt` strategy over the key that the token names. The only place where a token is checked. */
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(keys: KeySource, policy: TokenPolicy) {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: [ALGORITHM],
      issuer: policy.issuer,
      audience: policy.audience,
      // The only way to set a tolerance; what is deprecated is to set the others here.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
      secretOrKeyProvider: (_request: unknown, token: string, done: (error: unknown, key?: string) => void) => {
        // jsonwebtoken takes a KeyObject, which passport-jwt's types have not heard of.
        findKey(keys, token).then((key) => done(null, key as unknown as string), done);
      },
    });
  }

  /** The claims are verified by now; what is left is that they are all there. */
  validate(claims: unknown): Principal | false {
    return toPrincipal(claims) ?? false;
  }
}

async function findKey(keys: KeySource, token: string): Promise<KeyObject> {
  const { alg, kid } = decodeProtectedHeader(token);
  if (alg !== ALGORITHM || typeof kid !== 'string') throw new Error('not a token of ours');
  const key = await keys.find(kid);
  if (key === undefined) throw new Error('signed with an unknown key');
  return key;
}
