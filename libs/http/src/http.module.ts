import { type DynamicModule, Module, StandardSchemaSerializerInterceptor } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AccessGuard, AuthenticationGuard } from '#auth';
import { AnswerInterceptor } from './answers/answer.interceptor.js';
import { ProblemFilter } from './problems/problem.filter.js';
import type { HttpSettings } from './settings.js';
import { HTTP_SETTINGS } from './tokens.js';
import { ValidationPipe } from './validation/validation.pipe.js';

/** What every HTTP service has in common. Guards run in the order given here, interceptors from the outside in. */
@Module({})
export class HttpModule {
  static forRoot(settings: HttpSettings): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      providers: [
        { provide: HTTP_SETTINGS, useValue: settings },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useClass: ValidationPipe },
        { provide: APP_INTERCEPTOR, useClass: StandardSchemaSerializerInterceptor },
        { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
      ],
      exports: [HTTP_SETTINGS],
    };
  }
}
