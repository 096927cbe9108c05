import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type ApiDescription, openApiDocument } from '#http';

/** A service's OpenAPI document. Nest's preview mode reads the controllers without making anything: nothing connects. */
export async function openApiOf(module: DynamicModule, about: ApiDescription, publicUrl: string): Promise<object> {
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), {
    preview: true,
    logger: false,
    abortOnError: false,
  });
  return openApiDocument(app, about, publicUrl);
}
