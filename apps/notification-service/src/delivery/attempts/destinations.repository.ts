import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { UsherError } from '#kernel';
import { duplicateKeyFields } from '#persistence';
import { DESTINATION, type DestinationDocument } from '../deliveries.schema.js';
import { admit, type Admission, afterFailure, type Breaker, CLOSED } from './breaker.js';

const RACES = 20;
/** How long a delivery waits that came second to probe. */
const LOST_PROBE_MS = 1_000;

/** The breakers, shared by all instances: one that nobody has failed at lately is not stored. */
@Injectable()
export class DestinationsRepository {
  /** Those that this instance knows to have failed: a success of others has nothing to clear. */
  private readonly troubled = new Set<string>();

  constructor(@InjectModel(DESTINATION) private readonly destinations: Model<DestinationDocument>) {}

  /** Whether a delivery may go out now; of those who come at once after a pause, one is the probe. */
  async admit(id: string, now: Date): Promise<Admission> {
    const known = await this.destinations.findById(id).lean<DestinationDocument>();
    if (known !== null) this.troubled.add(id);
    const admission = admit(known ?? CLOSED, now);
    if (admission.kind !== 'probe' || (await this.replace(id, known, admission.state))) return admission;
    return { kind: 'wait', until: new Date(now.getTime() + LOST_PROBE_MS) };
  }

  async succeeded(id: string): Promise<void> {
    if (this.troubled.delete(id)) await this.destinations.deleteOne({ _id: id });
  }

  /** Answers what is known of it by then. */
  async failed(id: string, how: { probe: boolean }, now: Date): Promise<Breaker> {
    this.troubled.add(id);
    for (let race = 0; race < RACES; race += 1) {
      const known = await this.destinations.findById(id).lean<DestinationDocument>();
      const next = afterFailure(known ?? CLOSED, how, now);
      if (await this.replace(id, known, next)) return next;
    }
    throw new UsherError('conflict', 'The destination is being changed by others at the same time.', {
      retryable: true,
    });
  }

  private async replace(id: string, known: DestinationDocument | null, state: Breaker): Promise<boolean> {
    const { failures, openings, open_until } = state;
    const next = { failures, openings, open_until, version: (known?.version ?? 0) + 1 };
    try {
      if (known === null) await this.destinations.create({ _id: id, ...next });
      else return (await this.destinations.replaceOne({ _id: id, version: known.version }, next)).matchedCount === 1;
      return true;
    } catch (error) {
      if (duplicateKeyFields(error) !== undefined) return false;
      throw error;
    }
  }
}
