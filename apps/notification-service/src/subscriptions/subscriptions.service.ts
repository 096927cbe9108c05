import { Inject, Injectable } from '@nestjs/common';
import { hasScope, type Principal } from '#auth';
import type { Page, PageRequest, Precondition } from '#http';
import { type Clock, UsherError } from '#kernel';
import { duplicateKeyFields, Transactions, Turns } from '#persistence';
import { CLOCK } from '../config.js';
import { type Audience, maySee } from './matching/interest.js';
import { SecretBox } from './secrets/secret-box.js';
import { newSigningSecret } from './secrets/signing-secret.js';
import { SinkPolicy } from './sink-policy.js';
import {
  changeSubscription,
  disableSubscription,
  type DisabledReason,
  newSubscription,
  onlySecret,
  rotateSecret,
  setEnabled,
  type Subscription,
  type SubscriptionDetails,
  validSecrets,
} from './subscription.js';
import { SubscriptionsRepository } from './subscriptions.repository.js';

/** Who asks for a change, and what they take the subscription to be. */
export interface ChangeRequest {
  principal: Principal;
  precondition: Precondition;
}

/** A subscription with its newest secret, for the one answer that shows it; undefined where it signs nothing. */
export interface WithSecret {
  subscription: Subscription;
  secret: string | undefined;
}

/** What may be said of a new or changed subscription; `secret` is what the sink is to know deliveries by. */
export type Given = SubscriptionDetails & { secret?: string | undefined };

/** One method per command; whose a subscription is not learns nothing of it. */
@Injectable()
export class SubscriptionsService {
  constructor(
    private readonly subscriptions: SubscriptionsRepository,
    private readonly transactions: Transactions,
    private readonly turns: Turns,
    private readonly secrets: SecretBox,
    private readonly sinks: SinkPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Makes the subscription of that id; where the caller has done so before, answers with what is there. */
  async createSubscription(
    id: string,
    { secret: given, ...details }: Given,
    principal: Principal,
  ): Promise<WithSecret> {
    const audience = audienceOf(principal);
    this.requireDeliverable(details, { audience, principal });
    const owner = { id: principal.id, username: principal.username };
    const secret = given ?? (details.protocol === 'HTTP' ? newSigningSecret() : undefined);
    const sealed = secret === undefined ? undefined : this.secrets.seal(secret, id);
    const subscription = newSubscription({ id, owner, audience, details, sealed }, this.clock.now());
    try {
      await this.write(() => this.subscriptions.insert(subscription));
      return { subscription, secret };
    } catch (error) {
      const first = duplicateKeyFields(error)?.includes('_id') === true ? await this.find(id) : undefined;
      if (first?.owner.id !== principal.id) throw error;
      const [newest] = first.secrets;
      return { subscription: first, secret: newest && this.secrets.open(newest.sealed, id) };
    }
  }

  /** Throws `not-found` unless it is the caller's, or the caller an admin. */
  async readSubscription(id: string, principal: Principal): Promise<Subscription> {
    const subscription = await this.find(id);
    if (subscription === undefined || !(subscription.owner.id === principal.id || hasScope(principal, 'admin')))
      throw notFound();
    return subscription;
  }

  /** The caller's own, and everybody's for an admin; oldest first. */
  listSubscriptions(principal: Principal, request: PageRequest): Promise<Page<Subscription>> {
    return this.subscriptions.page(hasScope(principal, 'admin') ? undefined : principal.id, request);
  }

  changeSubscription(
    id: string,
    change: (present: Subscription) => Partial<Given>,
    request: ChangeRequest,
  ): Promise<Subscription> {
    return this.manage(id, request, (state, now) => {
      // An admin who changes it does not lend their eyes to its owner.
      const audience = state.owner.id === request.principal.id ? audienceOf(request.principal) : state.audience;
      const { secret, ...given } = change(state);
      const secrets = secret === undefined ? {} : { secrets: [onlySecret(this.secrets.seal(secret, id))] };
      const changed = changeSubscription(state, { ...given, ...secrets, audience }, now);
      if (changed !== state) this.requireDeliverable(changed, { audience, principal: request.principal });
      return changed;
    });
  }

  pauseSubscription(id: string, request: ChangeRequest): Promise<Subscription> {
    return this.manage(id, request, (state, now) => setEnabled(state, false, now));
  }

  resumeSubscription(id: string, request: ChangeRequest): Promise<Subscription> {
    return this.manage(id, request, (state, now) => setEnabled(state, true, now));
  }

  /** Throws `conflict` where nothing is signed, and where so many secrets are valid that nobody can need another. */
  async rotateSecret(id: string, secret: string = newSigningSecret(), request: ChangeRequest): Promise<WithSecret> {
    const sealed = this.secrets.seal(secret, id);
    const subscription = await this.manage(id, request, (state, now) => {
      if (state.protocol !== 'HTTP') throw new UsherError('conflict', 'Only what is sent by HTTP is signed.');
      const rotated = rotateSecret(state, sealed, now);
      if (rotated === undefined)
        throw new UsherError(
          'conflict',
          'The secret has been rotated too often within a day; wait for old ones to expire.',
        );
      return rotated;
    });
    return { subscription, secret };
  }

  async deleteSubscription(id: string, { principal, precondition }: ChangeRequest): Promise<void> {
    await this.write(async () => {
      const subscription = await this.readSubscription(id, principal);
      precondition.require(subscription.version);
      await this.subscriptions.remove(subscription, this.clock.now());
    });
  }

  /** For deliveries, which ask before each attempt: undefined where it is gone, and nothing is delivered any more. */
  find(id: string): Promise<Subscription | undefined> {
    return this.subscriptions.find(id);
  }

  /** What the sink knows deliveries by now, the newest secret first; none where there is no such subscription. */
  async secretsOf(id: string): Promise<readonly string[]> {
    const subscription = await this.find(id);
    if (subscription === undefined) return [];
    return this.openSecrets(subscription);
  }

  /** For deliveries, which ask before each attempt: those of `ids` that are there, each with what `secretsOf` would say. */
  async withSecrets(ids: readonly string[]): Promise<{ subscription: Subscription; secrets: readonly string[] }[]> {
    const subscriptions = await this.subscriptions.findAll(ids);
    return subscriptions.map((subscription) => ({ subscription, secrets: this.openSecrets(subscription) }));
  }

  /** For deliveries: has it match nothing until its owner resumes it; does nothing where it is gone. */
  async disableSubscription(id: string, reason: DisabledReason): Promise<void> {
    await this.write(async () => {
      const state = await this.find(id);
      if (state === undefined) return;
      const disabled = disableSubscription(state, reason, this.clock.now());
      if (disabled !== state) await this.subscriptions.update(disabled);
    });
  }

  private openSecrets(subscription: Subscription): string[] {
    return validSecrets(subscription, this.clock.now()).map(({ sealed }) => this.secrets.open(sealed, subscription.id));
  }

  private manage(
    id: string,
    { principal, precondition }: ChangeRequest,
    decide: (state: Subscription, now: Date) => Subscription,
  ): Promise<Subscription> {
    return this.write(async () => {
      const state = await this.readSubscription(id, principal);
      precondition.require(state.version);
      const decided = decide(state, this.clock.now());
      if (decided !== state) await this.subscriptions.update(decided);
      return decided;
    });
  }

  /** One transaction reads, decides and writes; a lost race begins again. All of them meet in the next revision. */
  private write<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('revision', () => this.transactions.run(work));
  }

  /**
   * Throws `validation-failed` for a sink that nothing is sent to, and `forbidden` for types that the owner may not see, or
   * a bus on which the service would put events as itself where no admin says so.
   */
  private requireDeliverable(
    { protocol, sink, types }: Pick<SubscriptionDetails, 'protocol' | 'sink' | 'types'>,
    { audience, principal }: { audience: Audience; principal: Principal },
  ): void {
    if (protocol === 'EVENTBRIDGE' && !hasScope(principal, 'admin'))
      throw new UsherError(
        'forbidden',
        'Events are put on a bus by the identity of this service: that is for admins.',
        {
          errors: [{ pointer: '/protocol', message: 'is not open to the caller' }],
        },
      );
    const objection = this.sinks.objection(protocol, sink);
    if (objection !== undefined)
      throw new UsherError('validation-failed', 'Nothing is sent to that sink.', {
        errors: [{ pointer: '/sink', message: objection }],
      });
    const hidden = types?.findIndex((type) => !maySee(audience, type)) ?? -1;
    if (hidden !== -1)
      throw new UsherError(
        'forbidden',
        'Types other than usher.event.* are for service clients with bus:read, and admins.',
        {
          errors: [{ pointer: `/types/${hidden}`, message: 'is not open to the caller' }],
        },
      );
  }
}

const audienceOf = (principal: Principal): Audience => (hasScope(principal, 'bus:read') ? 'everything' : 'public');

const notFound = (): UsherError => new UsherError('not-found', 'There is no such subscription.');
