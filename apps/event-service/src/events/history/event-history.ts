import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { z } from 'zod';
import { type Principal, requireManage } from '#auth';
import { actorSchema, eventChangedV1, idSchema, parseData, timestampSchema } from '#contracts';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { UsherError } from '#kernel';
import { EVENT_LOG, EventLog, type LogEntry, trustedFilter } from '#persistence';
import { type EventChange, streamOf } from '../event.js';

/** One entry of an event's log, as its creator sees it. */
export const historyEntry = z
  .object({
    id: idSchema,
    type: z.string(),
    version: z.int(),
    time: timestampSchema,
    actor: actorSchema,
    changed: eventChangedV1.shape.changed,
    data: eventChangedV1.pick({ event: true }).describe('The event after the change'),
  })
  .meta({ id: 'EventHistoryEntry' });
export type HistoryEntry = z.infer<typeof historyEntry>;

const OLDEST_FIRST: Keyset = { field: 'version', direction: 1, type: 'number', unique: true };

/** What has happened to an event, from the log: also when the event itself is gone. */
@Injectable()
export class EventHistory {
  constructor(
    @InjectModel(EVENT_LOG) private readonly entries: Model<LogEntry>,
    private readonly log: EventLog,
  ) {}

  async read(id: string, principal: Principal, request: PageRequest): Promise<Page<HistoryEntry>> {
    const [first] = await this.log.read(streamOf(id), { limit: 1 });
    if (first === undefined) throw new UsherError('not-found', 'There is no such event.');
    requireManage(principal, present(first).data.event.created_by.id);
    const page = keysetQuery<LogEntry>(OLDEST_FIRST, request);
    const rows = await this.entries
      .find(trustedFilter({ $and: [{ stream: streamOf(id) }, page.filter] }))
      .sort(page.sort)
      .limit(page.limit)
      .lean<LogEntry[]>();
    return mapPage(page.toPage(rows), present);
  }
}

function present(entry: LogEntry): HistoryEntry {
  const { event, changed, actor } = parseData(entry.type as EventChange['type'], entry.data, entry.dataschema);
  const { _id: id, type, version, time } = entry;
  return { id, type, version, time: time.toISOString(), actor, changed, data: { event } };
}
