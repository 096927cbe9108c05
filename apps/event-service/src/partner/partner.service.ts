import { Inject, Injectable } from '@nestjs/common';
import { inLanes, UsherError } from '#kernel';
import type { Page, PageRequest } from '#http';
import { CONFIG, type Config } from '../config.js';
import { type BreakerStatus, WriteBreaker } from './breaker/write-breaker.js';
import { PartnerApi } from './calls/partner-api.js';
import type { NewPartnerEvent, PartnerEvent, PartnerUser } from './calls/partner-contract.js';
import { PartnerFailure, toProblem } from './partner.js';
import { pageOf } from './whole-list.js';

/** Calls that one request has under way at once, so that it leaves connections to others. */
export const LANES = 10;

/** As this instance sees the partner. */
export interface PartnerState extends BreakerStatus {
  connected: boolean;
}

/** What Usher offers of the partner. Throws the `partner-…` codes. */
@Injectable()
export class PartnerService {
  constructor(
    private readonly api: PartnerApi,
    private readonly breaker: WriteBreaker,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async listUsers(request: PageRequest): Promise<Page<PartnerUser>> {
    return this.withinDeadline(async (signal) => pageOf(await this.api.getUsers(signal), ({ id }) => id, request));
  }

  async listEvents(request: PageRequest): Promise<Page<PartnerEvent>> {
    return this.withinDeadline(async (signal) => pageOf(await this.api.getEvents(signal), ({ id }) => id, request));
  }

  /** Throws `not-found` where the partner has no such user. */
  async listEventsOf(userId: string, request: PageRequest): Promise<Page<PartnerEvent>> {
    return this.withinDeadline(async (signal) => {
      const user = await this.api.getUser(userId, signal);
      if (user === undefined) throw new UsherError('not-found', 'The partner system has no such user.');
      const ids = pageOf(user.event_ids, (id) => id, request);
      return { ...ids, data: await this.getEvents(ids.data, signal) };
    });
  }

  /** Sends it once, if the breaker is closed. */
  async addEvent(event: NewPartnerEvent): Promise<void> {
    await this.withinDeadline((signal) => this.breaker.send(() => this.api.addEvent(event, signal)));
  }

  get state(): PartnerState {
    return { connected: this.config.PARTNER_API_URL !== undefined, ...this.breaker.status };
  }

  /**
   * All of them side by side, or the first failure, which ends the rest: a list that lacks some would pass for the whole.
   * One that is no longer there has gone since its user was read, and is left out.
   */
  private async getEvents(ids: readonly string[], signal: AbortSignal): Promise<PartnerEvent[]> {
    const failed = new AbortController();
    const ending = AbortSignal.any([signal, failed.signal]);
    const found = new Map<number, PartnerEvent>();
    const calls = ids.map((id, index) => async () => {
      try {
        const event = await this.api.getEvent(id, ending);
        if (event !== undefined) found.set(index, event);
      } catch (failure) {
        failed.abort(failure);
        throw failure;
      }
    });
    await inLanes(LANES, calls);
    return ids.flatMap((_, index) => found.get(index) ?? []);
  }

  private async withinDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await work(AbortSignal.timeout(this.config.PARTNER_DEADLINE_MS));
    } catch (error) {
      throw error instanceof PartnerFailure ? toProblem(error) : error;
    }
  }
}
