import { Module } from '@nestjs/common';
import { AsyncApiController } from './asyncapi.controller.js';

/** `GET /asyncapi.json` and `GET /asyncapi`. */
@Module({ controllers: [AsyncApiController] })
export class AsyncApiModule {}
