import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MongooseModule } from '@nestjs/mongoose';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { ClientsController } from './clients.controller.js';
import { ClientsRepository } from './clients.repository.js';
import { CLIENT, clientSchema } from './clients.schema.js';
import { ClientsService } from './clients.service.js';
import { ClientTokens } from './client-tokens.js';
import { ConfiguredClient } from './configured-client.js';
import { letFormsThrough } from './token/token-endpoint.js';
import { TokenController } from './token.controller.js';

/** Programs that call Usher: who they are, and the tokens that they get. */
@Module({
  imports: [MongooseModule.forFeature([{ name: CLIENT, schema: clientSchema }])],
  controllers: [ClientsController, TokenController],
  providers: [ClientsRepository, ClientsService, ClientTokens, ConfiguredClient],
})
export class ClientsModule {
  constructor({ httpAdapter }: HttpAdapterHost<FastifyAdapter>) {
    letFormsThrough(httpAdapter.getInstance());
  }
}
