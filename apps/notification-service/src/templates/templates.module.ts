import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ReadyTemplates } from './ready-templates.js';
import { TemplateSeeding } from './seeds/seeding.js';
import { TemplatesController } from './templates.controller.js';
import { TemplatesRepository } from './templates.repository.js';
import { TEMPLATE, templateSchema } from './templates.schema.js';
import { TemplatesService } from './templates.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: TEMPLATE, schema: templateSchema }])],
  controllers: [TemplatesController],
  providers: [TemplatesRepository, ReadyTemplates, TemplatesService, TemplateSeeding],
  exports: [ReadyTemplates],
})
export class TemplatesModule {}
