import { EventBridgeClient, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config.js';

const CONNECT_MS = 5_000;

/** When to try again is the delivery's to decide; what fails comes as it is. */
const ONCE: NonNullable<EventBridgeClientConfig['retryStrategy']> = { retry: (next, args) => next(args) };

/**
 * A client for each region, with the credentials that the AWS SDK finds for this service. Where requests go is AWS's own
 * address of the region, or what the operator has set: never what a client of Usher names.
 */
@Injectable()
export class EventBridgeClients implements OnApplicationShutdown {
  private readonly byRegion = new Map<string, EventBridgeClient>();

  constructor(@Inject(CONFIG) private readonly settings: Pick<Config, 'EVENTBRIDGE_ENDPOINT'>) {}

  of(region: string): EventBridgeClient {
    const client = this.byRegion.get(region) ?? this.make(region);
    this.byRegion.set(region, client);
    return client;
  }

  onApplicationShutdown(): void {
    for (const client of this.byRegion.values()) client.destroy();
  }

  private make(region: string): EventBridgeClient {
    const { EVENTBRIDGE_ENDPOINT: endpoint } = this.settings;
    return new EventBridgeClient({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      retryStrategy: ONCE,
      requestHandler: { connectionTimeout: CONNECT_MS },
    });
  }
}
