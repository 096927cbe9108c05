import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SchemasController } from './schemas.controller.js';
import { SchemasRepository } from './schemas.repository.js';
import { REGISTERED_SCHEMA, registeredSchemaSchema } from './schemas.schema.js';
import { SchemasService } from './schemas.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: REGISTERED_SCHEMA, schema: registeredSchemaSchema }])],
  controllers: [SchemasController],
  providers: [SchemasRepository, SchemasService],
  exports: [SchemasService],
})
export class SchemasModule {}
