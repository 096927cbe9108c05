import { Inject, Injectable } from '@nestjs/common';
import type { Envelope } from '#contracts';
import { Batcher, type Clock, newId, UsherError } from '#kernel';
import { Relay } from '#messaging';
import { currentContext, formatTraceparent, LOGGER, type Logger, Metrics } from '#observability';
import { ArchiveRepository, type Identity } from '../archive/archive.repository.js';
import { CLOCK } from '../config.js';
import { SchemasService } from '../schemas/schemas.service.js';
import { type CausalChain, completed, refuseOurOwn, toContent } from './bus-event.js';
import { OutboxRepository } from './outbox.repository.js';
import type { OutboxEntry } from './outbox.schema.js';

/** What became of an event: taken, as new or as known before, or refused. */
export type Outcome = { event: Envelope; duplicate: boolean } | { event: Envelope; refused: UsherError };

/** An event that may go on the bus, or why not. */
type Candidate = { event: Envelope; entry: OutboxEntry } | { event: Envelope; refused: UsherError };

/** Requests, not events: a batch of events is one. */
const MAX_REQUESTS_AT_ONCE = 100;
const MAX_REQUESTS_WAITING = 500;

/** Accepts events for the bus. */
@Injectable()
export class PublishingService {
  private readonly commits = new Batcher<readonly OutboxEntry[], boolean[]>({
    work: (_key, requests) => this.commit(requests),
    maxBatch: MAX_REQUESTS_AT_ONCE,
    maxWaiting: MAX_REQUESTS_WAITING,
  });

  constructor(
    private readonly archive: ArchiveRepository,
    private readonly outbox: OutboxRepository,
    private readonly schemas: SchemasService,
    private readonly relay: Relay,
    private readonly metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Takes each of `events` on its own, in order. What is accepted is in the database when this resolves, and will be on
   * the bus whatever dies; a `(source, id)` that has been on the bus before is accepted and has no effect. Throws a
   * retryable `unavailable` where it is not known what became of them: repeating all of them is safe.
   */
  async publish(events: readonly Envelope[]): Promise<Outcome[]> {
    const candidates = await this.judge(events);
    const entries = candidates.flatMap((candidate) => ('entry' in candidate ? [candidate.entry] : []));
    const duplicates = entries.length === 0 ? [] : await this.commits.submit('outbox', entries);
    const fates = duplicates.values();
    const outcomes = candidates.map((candidate): Outcome =>
      'entry' in candidate ? { event: candidate.event, duplicate: fates.next().value ?? false } : candidate,
    );
    this.report(outcomes);
    return outcomes;
  }

  /**
   * The same for one of Usher's own types, which only its features may say; `dataschema` and data are theirs to get right.
   * Answers whether its `(source, id)` had been on the bus before.
   */
  async publishOwn(event: Envelope): Promise<boolean> {
    const [duplicate = false] = await this.commits.submit('outbox', [this.toEntry(completed(event, causalChain()))]);
    this.report([{ event, duplicate }]);
    return duplicate;
  }

  /** What was accepted under that identity, and its archive position: null while it is on its way there. */
  async find({ source, id }: Identity): Promise<{ event: Envelope; position: number | null } | undefined> {
    const archived = await this.archive.find(id, source);
    if (archived !== undefined) return { event: archived.envelope, position: archived._id };
    const event = await this.outbox.find({ source, id });
    return event === undefined ? undefined : { event, position: null };
  }

  private async judge(events: readonly Envelope[]): Promise<Candidate[]> {
    const chain = causalChain();
    const checks = await this.schemas.checksFor(events);
    return events.map((event) => {
      try {
        refuseOurOwn(event);
        const whole = completed(event, chain, checks.check(event));
        return { event, entry: this.toEntry(whole) };
      } catch (error) {
        if (!(error instanceof UsherError)) throw error;
        return { event, refused: error };
      }
    });
  }

  private toEntry(event: Envelope): OutboxEntry {
    const { source, id, type, traceparent = '' } = event;
    const time = this.clock.now();
    const content = toContent(event);
    return { _id: newId(time), source, id, type, traceparent, content, time, published_at: null };
  }

  /** One round trip for all that wait, however many requests they came in. */
  private async commit(requests: readonly (readonly OutboxEntry[])[]): Promise<PromiseFulfilledResult<boolean[]>[]> {
    const entries = requests.flat();
    const archived = await this.archive.known(entries);
    const fresh = entries.filter((entry) => !archived.has(entry));
    const taken = await this.outbox.add(fresh);
    if (fresh.length > taken.size) this.relay.wake();
    const duplicates = new Set([...archived, ...fresh.filter((_, index) => taken.has(index))]);
    return requests.map((request) => ({ status: 'fulfilled', value: request.map((entry) => duplicates.has(entry)) }));
  }

  private report(outcomes: readonly Outcome[]): void {
    const results = outcomes.map((outcome) =>
      'refused' in outcome ? outcome.refused.code : outcome.duplicate ? 'duplicate' : 'accepted',
    );
    const counts = Object.fromEntries([...Map.groupBy(results, (result) => result)].map(([k, all]) => [k, all.length]));
    for (const [outcome, count] of Object.entries(counts))
      this.metrics.count('usher_bus_events_total', { outcome }, count);
    this.logger.info({ received: outcomes.length, ...counts }, 'bus.taken');
  }
}

/** Of the request that is being answered. */
function causalChain(): CausalChain {
  const { trace, correlationId } = currentContext();
  return { traceparent: formatTraceparent(trace), correlationid: correlationId };
}
