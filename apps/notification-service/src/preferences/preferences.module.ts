import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { DevicesModule } from '../devices/devices.module.js';
import { PreferencesController } from './preferences.controller.js';
import { PreferencesRepository } from './preferences.repository.js';
import { PREFERENCES, preferencesSchema } from './preferences.schema.js';
import { PreferencesService } from './preferences.service.js';
import { letFormsThrough } from './unsubscribing/one-click.js';
import { UnsubscribeController } from './unsubscribing/unsubscribe.controller.js';
import { UnsubscribeLinking } from './unsubscribing/unsubscribe-links.js';

/** How each person wants to be told of things. */
@Module({
  imports: [DevicesModule, MongooseModule.forFeature([{ name: PREFERENCES, schema: preferencesSchema }])],
  controllers: [PreferencesController, UnsubscribeController],
  providers: [PreferencesRepository, PreferencesService, UnsubscribeLinking],
  exports: [PreferencesService, UnsubscribeLinking],
})
export class PreferencesModule {
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    letFormsThrough(httpAdapter.getInstance());
  }
}
