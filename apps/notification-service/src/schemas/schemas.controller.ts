import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { answer, type Answer, Endpoint, mapPage, type Page } from '#http';
import {
  newSchema,
  presentEntry,
  presentSchema,
  schemaEntry,
  schemaResource,
  schemasQuery,
  typeParameter,
  versionParameter,
} from './schemas.dto.js';
import type { SchemaVersion } from './schema-version.js';
import { SchemasService } from './schemas.service.js';

@ApiTags('Schemas')
@Controller('v1/schemas')
export class SchemasController {
  constructor(private readonly schemas: SchemasService) {}

  @Get()
  @Endpoint({
    summary: 'The schemas of what is published, by type and version',
    description: 'Usher’s own contracts are among them.',
    access: 'admin',
    scope: 'bus:read',
    answersPageOf: schemaEntry,
  })
  async list(
    @Query({ schema: schemasQuery }) query: z.infer<typeof schemasQuery>,
  ): Promise<Page<z.infer<typeof schemaEntry>>> {
    return mapPage(await this.schemas.list(query), presentEntry);
  }

  @Post(':type/versions')
  @Endpoint({
    summary: 'Register the next version of a type’s schema',
    description: [
      'From then on the data of events of that type have to fit it, or the version that their `dataschema` names. The version',
      'is compared with the one before; what cannot be compared counts as incompatible. Registering the newest version again',
      'answers that version. Taken is JSON Schema 2020-12 of up to 64 KiB without recursion and without references to',
      'elsewhere; patterns are those of RE2.',
    ].join('\n'),
    access: 'admin',
    scope: 'bus:publish',
    status: 201,
    answers: schemaResource,
    errors: ['forbidden', 'schema-incompatible', 'conflict'],
  })
  async register(
    @Param('type', { schema: typeParameter }) type: string,
    @Body({ schema: newSchema }) { schema, compatibility }: z.infer<typeof newSchema>,
  ): Promise<Answer<z.infer<typeof schemaResource>>> {
    const registered = await this.schemas.register(type, schema, compatibility);
    return answer(presentSchema(registered), headOf(registered));
  }

  @Get(':type/versions/:version')
  @Endpoint({
    summary: 'One version of a type’s schema',
    access: 'admin',
    scope: 'bus:read',
    answers: schemaResource,
    errors: ['not-found'],
  })
  async get(
    @Param('type', { schema: typeParameter }) type: string,
    @Param('version', { schema: versionParameter }) version: number,
  ): Promise<Answer<z.infer<typeof schemaResource>>> {
    const schema = await this.schemas.get(type, version);
    return answer(presentSchema(schema), { version: schema.version });
  }
}

const headOf = ({ type, version }: SchemaVersion): { version: number; location: string } => ({
  version,
  location: `/v1/schemas/${encodeURIComponent(type)}/versions/${version}`,
});
