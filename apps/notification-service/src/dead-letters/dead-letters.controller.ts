import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Endpoint, Id, mapPage, type Page } from '#http';
import {
  deadLetterSchema,
  deadLettersQuery,
  presentDeadLetter,
  redriveBody,
  redrivenSchema,
} from './dead-letters.dto.js';
import { DeadLettersService } from './dead-letters.service.js';

@ApiTags('Deliveries')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLettersService) {}

  @Get()
  @Endpoint({
    summary: 'What could not be delivered, the latest first',
    access: 'admin',
    answersPageOf: deadLetterSchema,
    answerDescription: 'A page of dead letters',
  })
  async list(
    @Query({ schema: deadLettersQuery }) query: z.infer<typeof deadLettersQuery>,
  ): Promise<Page<z.infer<typeof deadLetterSchema>>> {
    return mapPage(await this.deadLetters.list(query), presentDeadLetter);
  }

  @Post('redrive')
  @Endpoint({
    summary: 'Try all that match again',
    description:
      'Their schedules begin anew. `expected_count` keeps a filter from meaning more than its writer thought.',
    access: 'admin',
    status: 202,
    answers: redrivenSchema,
    errors: ['precondition-failed'],
  })
  async redriveAll(
    @Body({ schema: redriveBody }) { filter, expected_count }: z.infer<typeof redriveBody>,
  ): Promise<z.infer<typeof redrivenSchema>> {
    return { redriven: await this.deadLetters.redriveAll(filter, expected_count) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'One dead letter with its attempts',
    access: 'admin',
    answers: deadLetterSchema,
    errors: ['not-found'],
  })
  async read(@Id() id: string): Promise<z.infer<typeof deadLetterSchema>> {
    return presentDeadLetter(await this.deadLetters.read(id));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Give one up for good',
    description: 'The delivery is kept, as discarded.',
    access: 'admin',
    errors: ['not-found'],
  })
  async discard(@Id() id: string): Promise<void> {
    await this.deadLetters.discard(id);
  }

  @Post(':id/redrive')
  @Endpoint({
    summary: 'Try one again',
    description: 'Its schedule begins anew, under the same delivery id.',
    access: 'admin',
    status: 202,
    answers: redrivenSchema,
    errors: ['not-found'],
  })
  async redrive(@Id() id: string): Promise<z.infer<typeof redrivenSchema>> {
    await this.deadLetters.redrive(id);
    return { redriven: 1 };
  }
}
