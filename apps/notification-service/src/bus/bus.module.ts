import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ArchiveModule } from '../archive/archive.module.js';
import { SchemasModule } from '../schemas/schemas.module.js';
import { BusController } from './bus.controller.js';
import { letEventsThrough } from './event-bodies.js';
import { OutboxRelayModule } from './outbox-relay.module.js';
import { PublishingService } from './publishing.service.js';

/** Publishing events, and reading what has been published. */
@Module({
  imports: [ArchiveModule, SchemasModule, OutboxRelayModule],
  controllers: [BusController],
  providers: [PublishingService],
  exports: [PublishingService],
})
export class BusModule {
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    letEventsThrough(httpAdapter.getInstance());
  }
}
