import { type DynamicModule, Module } from '@nestjs/common';
import type { TokenPolicy } from './claims.js';
import { JwtStrategy } from './jwt.strategy.js';
import type { KeySource } from './key-source.js';
import { TokenVerifier } from './token-verifier.js';

/** Checking access tokens against `keys`: the service's own, or another's by JWKS. Global. */
@Module({})
export class TokenModule {
  static forRoot(options: { keys: KeySource; policy: TokenPolicy }): DynamicModule {
    return {
      module: TokenModule,
      global: true,
      providers: [
        { provide: JwtStrategy, useFactory: () => new JwtStrategy(options.keys, options.policy) },
        TokenVerifier,
      ],
      exports: [TokenVerifier],
    };
  }
}
