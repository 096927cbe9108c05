import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { Batcher, UsherError } from '#kernel';
import { duplicateKeyFields, trustedFilter } from '#persistence';
import { DESTINATION, type DestinationDocument } from '../deliveries.schema.js';
import { admit, type Admission, afterFailure, type Breaker, CLOSED } from './breaker.js';

const RACES = 20;
/** How long a delivery waits that came second to probe. */
const LOST_PROBE_MS = 1_000;
const FAILURES_AT_ONCE = 1_000;

interface Failure {
  probe: boolean;
  at: Date;
}

/** What is known of those that have failed lately, by destination. */
export type Breakers = ReadonlyMap<string, DestinationDocument>;

/** The breakers, shared by all instances: one that nobody has failed at lately is not stored. */
@Injectable()
export class DestinationsRepository {
  /** Those that this instance knows to have failed: a success of others has nothing to clear. */
  private readonly troubled = new Set<string>();
  /** What fails at a destination at the same time is written at once. */
  private readonly failures = new Batcher<Failure, void>({
    work: async (id, failures) => {
      await this.fail(id, failures);
      return failures.map(() => ({ status: 'fulfilled', value: undefined }));
    },
    maxBatch: FAILURES_AT_ONCE,
    maxWaiting: FAILURES_AT_ONCE,
  });

  constructor(@InjectModel(DESTINATION) private readonly destinations: Model<DestinationDocument>) {}

  /**
   * Whether a delivery may go out now, for each of `ids`, as far as `known` says; of those who come at once after a pause, one
   * is the probe.
   */
  async admit(ids: readonly string[], known: Breakers, now: Date): Promise<Admission[]> {
    const probed = new Set<string>();
    const admissions: Admission[] = [];
    for (const id of ids) admissions.push(await this.admitOne(id, { known: known.get(id), probed, now }));
    return admissions;
  }

  /** What is known of those of `ids` that have failed lately. */
  async known(ids: readonly string[]): Promise<Breakers> {
    if (ids.length === 0) return new Map();
    const filter = trustedFilter({ _id: { $in: [...new Set(ids)] } });
    const known = await this.destinations.find(filter).lean<DestinationDocument[]>();
    for (const { _id } of known) this.troubled.add(_id);
    return new Map(known.map((destination) => [destination._id, destination]));
  }

  /** The same, of those alone that this instance has seen failing: of others it may learn when they are claimed. */
  async knownHere(ids: readonly string[]): Promise<Breakers> {
    return this.known(ids.filter((id) => this.troubled.has(id)));
  }

  /** Answers whether it was held to be down until now. */
  async succeeded(id: string): Promise<boolean> {
    if (!this.troubled.delete(id)) return false;
    const before = await this.destinations.findOneAndDelete({ _id: id }).lean<DestinationDocument>();
    return (before?.open_until ?? null) !== null;
  }

  async failed(id: string, failure: Failure): Promise<void> {
    this.troubled.add(id);
    await this.failures.submit(id, failure);
  }

  private async admitOne(
    id: string,
    { known, probed, now }: { known: DestinationDocument | undefined; probed: Set<string>; now: Date },
  ): Promise<Admission> {
    const admission = admit(known ?? CLOSED, now);
    if (admission.kind !== 'probe') return admission;
    const isFirst = !probed.has(id);
    probed.add(id);
    if (isFirst && (await this.replace(id, known, admission.state))) return admission;
    return { kind: 'wait', until: new Date(now.getTime() + LOST_PROBE_MS) };
  }

  private async fail(id: string, failures: readonly Failure[]): Promise<void> {
    for (let race = 0; race < RACES; race += 1) {
      const known = (await this.known([id])).get(id);
      const next = failures.reduce<Breaker>(
        (breaker, { probe, at }) => afterFailure(breaker, { probe }, at),
        known ?? CLOSED,
      );
      if (await this.replace(id, known, next)) return;
    }
    throw new UsherError('conflict', 'The destination is being changed by others at the same time.', {
      retryable: true,
    });
  }

  private async replace(id: string, known: DestinationDocument | undefined, state: Breaker): Promise<boolean> {
    const { failures, openings, open_until } = state;
    const next = { failures, openings, open_until, version: (known?.version ?? 0) + 1 };
    try {
      if (known === undefined) await this.destinations.create({ _id: id, ...next });
      else return (await this.destinations.replaceOne({ _id: id, version: known.version }, next)).matchedCount === 1;
      return true;
    } catch (error) {
      if (duplicateKeyFields(error) !== undefined) return false;
      throw error;
    }
  }
}
