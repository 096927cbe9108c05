import { type DynamicModule, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SigningKey, TokenIssuer, type TokenPolicy } from '#auth';
import type { Clock } from '#kernel';
import { CLOCK } from '../config.js';
import { UsersModule } from '../users/users.module.js';
import { AdminAccount } from './admin-account.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { JwksController } from './jwks.controller.js';
import { PasswordController } from './password.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SESSION, sessionSchema } from './sessions.schema.js';
import { SessionsService } from './sessions.service.js';

/** Signing in and out, and the keys that tokens are signed with. Global: tokens are issued elsewhere too. */
@Module({})
export class AuthModule {
  static forRoot(key: SigningKey, policy: TokenPolicy): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      imports: [UsersModule, MongooseModule.forFeature([{ name: SESSION, schema: sessionSchema }])],
      controllers: [AuthController, PasswordController, JwksController],
      providers: [
        AuthService,
        SessionsService,
        SessionsRepository,
        AdminAccount,
        { provide: SigningKey, useValue: key },
        {
          provide: TokenIssuer,
          inject: [CLOCK],
          useFactory: (clock: Clock) => new TokenIssuer(key, policy, clock),
        },
      ],
      exports: [TokenIssuer],
    };
  }
}
