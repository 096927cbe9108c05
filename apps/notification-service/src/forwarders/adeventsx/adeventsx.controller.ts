import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { answer, type Answer, Endpoint } from '#http';
import { acceptedSchema, eventIdSchema, forwardingSchema, newEventBody, presentForwarding } from './adeventsx.dto.js';
import { AdEventsXService } from './adeventsx.service.js';

@ApiTags('Forwarders')
@Controller('v1/forwarders/adeventsx/events')
export class AdEventsXController {
  constructor(private readonly adEventsX: AdEventsXService) {}

  @Post()
  @Endpoint({
    summary: 'Forward an event to AdEventsX',
    description: [
      '202 means that it will be sent, whatever dies. What AdEventsX refuses by 429 or 5xx, and what does not reach it, is',
      'tried again after 1, 2 and 4 s, or when it asks for it; then, and after any other answer, it is a dead letter.',
      '',
      'The same `event_id` again is answered 200 with the status of the first, whatever else the body says: repeating a',
      'request is always safe, and there is no changing what was accepted.',
    ].join('\n'),
    access: 'admin',
    scope: 'forward:write',
    status: 202,
    answers: acceptedSchema,
    answerDescription: 'Accepted for good',
    // The event's own id does what the key would do, and outlives it.
    notKept: true,
  })
  @ApiResponse({ status: 200, description: 'Accepted before: how far it got', standardSchema: acceptedSchema })
  async forward(
    @Body({ schema: newEventBody }) body: z.infer<typeof newEventBody>,
  ): Promise<Answer<z.infer<typeof acceptedSchema>>> {
    const { accepted, status } = await this.adEventsX.forward(body);
    const location = `/v1/forwarders/adeventsx/events/${encodeURIComponent(body.event_id)}`;
    return answer({ event_id: body.event_id, status }, { location, ...(accepted ? {} : { status: 200 }) });
  }

  @Get(':event_id')
  @Endpoint({
    summary: 'How far an event got on its way to AdEventsX',
    description:
      'With every attempt: when, what was answered, how long it took, what went wrong, and when the next is.',
    access: 'admin',
    scope: 'forward:write',
    answers: forwardingSchema,
    errors: ['not-found'],
  })
  async read(@Param('event_id', { schema: eventIdSchema }) eventId: string): Promise<z.infer<typeof forwardingSchema>> {
    return presentForwarding(await this.adEventsX.read(eventId));
  }
}
