import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import { Endpoint, Id, mapPage, type Page } from '#http';
import { deliveriesQuery, deliverySchema, presentDelivery } from './deliveries.dto.js';
import { DeliveriesService } from './deliveries.service.js';

@ApiTags('Deliveries')
@Controller('v1')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get('subscriptions/:id/deliveries')
  @Endpoint({
    summary: 'What was, or is to be, delivered to a subscription, newest first',
    description:
      'With every attempt: when, what was answered, how long it took, what went wrong, and when the next is.',
    scope: 'subscriptions:write',
    answersPageOf: deliverySchema,
    answerDescription: 'A page of deliveries',
    errors: ['not-found'],
  })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Id() subscriptionId: string,
    @Query({ schema: deliveriesQuery }) query: z.infer<typeof deliveriesQuery>,
  ): Promise<Page<z.infer<typeof deliverySchema>>> {
    return mapPage(await this.deliveries.list(subscriptionId, query, principal), presentDelivery);
  }

  @Get('deliveries/:id')
  @Endpoint({
    summary: 'One delivery with its attempts',
    scope: 'subscriptions:write',
    answers: deliverySchema,
    errors: ['not-found'],
  })
  async read(@CurrentPrincipal() principal: Principal, @Id() id: string): Promise<z.infer<typeof deliverySchema>> {
    return presentDelivery(await this.deliveries.read(id, principal));
  }
}
