import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint, Id, mapPage, type Page } from '#http';
import {
  deadLetterSchema,
  deadLettersQuery,
  listedDeadLetterSchema,
  presentDeadLetter,
  presentListedDeadLetter,
  redriveBody,
  redrivenSchema,
} from './dead-letters.dto.js';
import { DeadLettersService } from './dead-letters.service.js';
import type { Somebody } from './messages/dead-message.js';
import { RedrivesService } from './redrives.service.js';

@ApiTags('Dead letters')
@Controller('v1/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLettersService,
    private readonly redrives: RedrivesService,
  ) {}

  @Get()
  @Endpoint({
    summary: 'What was given up and waits for somebody, the latest first',
    description:
      'Deliveries that failed for good, messages that could not be processed (`parked`), and messages that no queue wanted (`unrouted`).',
    access: 'admin',
    answersPageOf: listedDeadLetterSchema,
    answerDescription: 'A page of dead letters, messages without their contents',
  })
  async list(
    @Query({ schema: deadLettersQuery }) query: z.infer<typeof deadLettersQuery>,
  ): Promise<Page<z.infer<typeof listedDeadLetterSchema>>> {
    return mapPage(await this.deadLetters.list(query), presentListedDeadLetter);
  }

  @Post('redrive')
  @Endpoint({
    summary: 'Try all that match again',
    description:
      'All of them or, where they are not as many as expected, none: `expected_count` keeps a filter from meaning more than its writer thought.',
    access: 'admin',
    status: 202,
    answers: redrivenSchema,
    errors: ['precondition-failed', 'conflict'],
  })
  async redriveAll(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: redriveBody }) { filter, expected_count }: z.infer<typeof redriveBody>,
  ): Promise<z.infer<typeof redrivenSchema>> {
    return { redriven: await this.redrives.redriveAll(filter, expected_count, somebody(principal)) };
  }

  @Get(':id')
  @Endpoint({
    summary: 'One dead letter with its attempts',
    description: 'Messages that were redriven or discarded can be read for another 30 days.',
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
    description: 'A delivery is kept, as discarded; a message for another 30 days.',
    access: 'admin',
    errors: ['not-found'],
  })
  async discard(@CurrentPrincipal() principal: Principal, @Id() id: string): Promise<void> {
    await this.deadLetters.discard(id, somebody(principal));
  }

  @Post(':id/redrive')
  @Endpoint({
    summary: 'Try one again',
    description: [
      'A delivery begins its schedule anew, under the same id. A parked message goes back to its queue, and to no other; an',
      'unrouted one is published again where it was. What fails again is the same dead letter, with one attempt more.',
    ].join('\n'),
    access: 'admin',
    status: 202,
    answers: redrivenSchema,
    errors: ['not-found', 'conflict'],
  })
  async redrive(@CurrentPrincipal() principal: Principal, @Id() id: string): Promise<z.infer<typeof redrivenSchema>> {
    await this.redrives.redrive(id, somebody(principal));
    return { redriven: 1 };
  }
}

const somebody = ({ id, username }: Principal): Somebody => ({ id, username });
