import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { CurrentPrincipal, type Principal } from '#auth';
import {
  answer,
  type Answer,
  Endpoint,
  type EndpointOptions,
  Id,
  IfMatch,
  mapPage,
  type Page,
  type PageRequest,
  Precondition,
  ResourceId,
} from '#http';
import { SubscriptionTests } from './subscription-tests.service.js';
import { patched } from './subscription-patch.js';
import type { Subscription } from './subscription.js';
import {
  listSubscriptionsQuery,
  newSubscriptionBody,
  type NewSubscriptionBody,
  patchSubscriptionBody,
  presentSubscription,
  rotateSecretBody,
  type SubscriptionAnswer,
  subscriptionAnswer,
  type SubscriptionPatch,
  testAnswer,
} from './subscriptions.dto.js';
import { SubscriptionsService, type WithSecret } from './subscriptions.service.js';

const SCOPE = 'subscriptions:write';
const CHANGING = {
  scope: SCOPE,
  answers: subscriptionAnswer,
  errors: ['insufficient-scope', 'not-found', 'precondition-failed'],
} as const satisfies Partial<EndpointOptions>;

const present = (subscription: Subscription): Answer<SubscriptionAnswer> =>
  answer(presentSubscription(subscription), { version: subscription.version });

const presentOnce = ({ subscription, secret }: WithSecret, location?: string): Answer<SubscriptionAnswer> =>
  answer(presentSubscription(subscription, secret), {
    version: subscription.version,
    headers: { 'Cache-Control': 'no-store' },
    ...(location === undefined ? {} : { location }),
  });

@ApiTags('Subscriptions')
@Controller('v1/subscriptions')
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: SubscriptionsService,
    private readonly tests: SubscriptionTests,
  ) {}

  @Post()
  @Endpoint({
    ...CHANGING,
    summary: 'Subscribe to events',
    description:
      'Every event that is published from now on and matches is delivered to the sink. People see `usher.event.*`; ' +
      'service clients with `bus:read`, and admins, see everything. `config.secret` is what webhooks are signed ' +
      'with (Standard Webhooks); it is shown here and never again.',
    status: 201,
    errors: ['insufficient-scope', 'forbidden'],
  })
  async create(
    @ResourceId() id: string,
    @Body({ schema: newSubscriptionBody }) body: NewSubscriptionBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<SubscriptionAnswer>> {
    const { protocolsettings, config, ...members } = body;
    const { secret = protocolsettings?.access_key, ...settings } = config;
    const created = await this.subscriptions.createSubscription(
      id,
      { ...members, config: settings, secret },
      principal,
    );
    return presentOnce(created, `/v1/subscriptions/${id}`);
  }

  @Get()
  @Endpoint({
    summary: 'The caller’s subscriptions, oldest first; for an admin everybody’s',
    scope: SCOPE,
    answersPageOf: subscriptionAnswer,
    errors: ['insufficient-scope'],
  })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: listSubscriptionsQuery }) query: PageRequest,
  ): Promise<Page<SubscriptionAnswer>> {
    const page = await this.subscriptions.listSubscriptions(principal, query);
    return mapPage(page, (subscription) => presentSubscription(subscription));
  }

  @Get(':id')
  @Endpoint({
    summary: 'Get a subscription',
    scope: SCOPE,
    answers: subscriptionAnswer,
    errors: ['insufficient-scope', 'not-found'],
  })
  async get(@Id() id: string, @CurrentPrincipal() principal: Principal): Promise<Answer<SubscriptionAnswer>> {
    return present(await this.subscriptions.readSubscription(id, principal));
  }

  @Patch(':id')
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @Endpoint({
    ...CHANGING,
    summary: 'Change some members of a subscription',
    description:
      'JSON Merge Patch (RFC 7396): `null` brings a default back. What changes nothing leaves the version. The protocol ' +
      'stays; a new `access_key` is in use at once.',
    errors: [...CHANGING.errors, 'forbidden'],
  })
  async patch(
    @Id() id: string,
    @Body({ schema: patchSubscriptionBody }) patch: SubscriptionPatch,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<SubscriptionAnswer>> {
    const secret = patch.protocolsettings?.access_key;
    const change = (state: Subscription) => ({ ...patched(state, patch), secret });
    return present(await this.subscriptions.changeSubscription(id, change, { principal, precondition }));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'End a subscription',
    description: 'Nothing is delivered afterwards, not even what has been tried before.',
    scope: SCOPE,
    status: 204,
    errors: ['insufficient-scope', 'not-found', 'precondition-failed'],
  })
  async delete(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<void> {
    await this.subscriptions.deleteSubscription(id, { principal, precondition });
  }

  @Post(':id/pause')
  @Endpoint({
    ...CHANGING,
    summary: 'Pause a subscription',
    description: 'What is published while it is paused does not match; a replay brings it. Idempotent.',
  })
  async pause(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<SubscriptionAnswer>> {
    return present(await this.subscriptions.pauseSubscription(id, { principal, precondition }));
  }

  @Post(':id/resume')
  @Endpoint({
    ...CHANGING,
    summary: 'Resume a subscription',
    description: 'Also one that was disabled because its sink was gone. Idempotent.',
  })
  async resume(
    @Id() id: string,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<SubscriptionAnswer>> {
    return present(await this.subscriptions.resumeSubscription(id, { principal, precondition }));
  }

  @Post(':id/test')
  @Endpoint({
    summary: 'Send a test event',
    answerDescription: 'The event is on its way',
    description:
      'An event of the type `usher.subscription.tested` goes to this subscription alone, whatever its filters, by the ' +
      'way of all events: what became of it is among the deliveries.',
    scope: SCOPE,
    status: 202,
    answers: testAnswer,
    errors: ['insufficient-scope', 'not-found', 'conflict'],
  })
  async test(
    @Id() id: string,
    @ResourceId() eventId: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<z.infer<typeof testAnswer>> {
    const { source, type } = await this.tests.sendTestEvent(id, eventId, principal);
    return { id: eventId, source, type };
  }

  @Post(':id/rotate-secret')
  @Endpoint({
    ...CHANGING,
    summary: 'Replace the signing secret',
    description:
      'The answer shows the new one, once. For 24 hours deliveries carry signatures with the old one as well, so that ' +
      'a receiver can change over in its own time.',
    errors: [...CHANGING.errors, 'conflict'],
  })
  async rotate(
    @Id() id: string,
    @Body({ schema: rotateSecretBody }) body: z.infer<typeof rotateSecretBody>,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() precondition: Precondition,
  ): Promise<Answer<SubscriptionAnswer>> {
    return presentOnce(await this.subscriptions.rotateSecret(id, body?.secret, { principal, precondition }));
  }
}
