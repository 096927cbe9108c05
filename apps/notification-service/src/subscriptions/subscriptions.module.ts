import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Transactions, Turns } from '#persistence';
import { ArchiveModule } from '../archive/archive.module.js';
import { CONFIG, type Config } from '../config.js';
import { SubscriptionMatcher } from './matching/subscription-matcher.js';
import { SecretBox } from './secrets/secret-box.js';
import { SinkPolicy } from './sink-policy.js';
import { SubscriptionTests } from './subscription-tests.service.js';
import { SubscriptionsController } from './subscriptions.controller.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';
import {
  DELETED_SUBSCRIPTION,
  deletedSubscriptionSchema,
  SUBSCRIPTION,
  subscriptionSchema,
  SUBSCRIPTIONS_HEAD,
  subscriptionsHeadSchema,
} from './subscriptions.schema.js';
import { SubscriptionsService } from './subscriptions.service.js';

@Module({
  imports: [
    ArchiveModule,
    MongooseModule.forFeature([
      { name: SUBSCRIPTION, schema: subscriptionSchema },
      { name: DELETED_SUBSCRIPTION, schema: deletedSubscriptionSchema },
      { name: SUBSCRIPTIONS_HEAD, schema: subscriptionsHeadSchema },
    ]),
  ],
  controllers: [SubscriptionsController],
  providers: [
    Transactions,
    { provide: Turns, useFactory: () => new Turns() },
    SubscriptionsRepository,
    SubscriptionsService,
    SubscriptionTests,
    SubscriptionMatcher,
    SinkPolicy,
    { provide: SecretBox, inject: [CONFIG], useFactory: ({ ENCRYPTION_KEY }: Config) => new SecretBox(ENCRYPTION_KEY) },
  ],
  exports: [SubscriptionsService, SubscriptionMatcher, SecretBox, SinkPolicy],
})
export class SubscriptionsModule {}
