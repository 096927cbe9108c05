import { type DynamicModule, Module, StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE, Reflector } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import { AccessGuard, AuthenticationGuard } from '#auth';
import { AnswerInterceptor } from './answers/answer.interceptor.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyRecords } from './idempotency/idempotency.repository.js';
import { IDEMPOTENCY_RECORD, idempotencySchema } from './idempotency/idempotency.schema.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { ProblemsController } from './problems/problems.controller.js';
import { AttemptLimiter } from './rate-limit/attempt-limiter.js';
import { RateLimitGuard } from './rate-limit/rate-limit.guard.js';
import { rateLimitOptions } from './rate-limit/rate-limit.options.js';
import { RateLimitStorage } from './rate-limit/rate-limit.storage.js';
import { RateWindows } from './rate-limit/rate-windows.repository.js';
import { RATE_WINDOW, rateWindowSchema } from './rate-limit/rate-windows.schema.js';
import { getOptionsToken, getStorageToken } from './rate-limit/throttler.js';
import type { HttpSettings } from './settings.js';
import { HTTP_SETTINGS } from './tokens.js';
import { ValidationPipe } from './validation/validation.pipe.js';

/** What every HTTP service has in common; needs `PersistenceModule`, `ObservabilityModule` and `TokenModule`. Guards run in the order given here, interceptors from the outside in. */
@Module({})
export class HttpModule {
  static forRoot(settings: HttpSettings): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [
        MongooseModule.forFeature([
          { name: IDEMPOTENCY_RECORD, schema: idempotencySchema },
          { name: RATE_WINDOW, schema: rateWindowSchema },
        ]),
      ],
      controllers: [ProblemsController],
      providers: [
        { provide: HTTP_SETTINGS, useValue: settings },
        RateWindows,
        RateLimitStorage,
        AttemptLimiter,
        IdempotencyRecords,
        {
          provide: getOptionsToken(),
          inject: [Reflector],
          useFactory: (reflector: Reflector) => rateLimitOptions(settings, reflector),
        },
        { provide: getStorageToken(), useExisting: RateLimitStorage },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: StandardSchemaSerializerInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      ],
      exports: [HTTP_SETTINGS, AttemptLimiter],
    };
  }
}
