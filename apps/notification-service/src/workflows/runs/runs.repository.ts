import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { type Keyset, keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { trustedFilter } from '#persistence';
import { filingOf } from '../../subscriptions/matching/index-keys.js';
import { awaitedBy, type Entry, type Progress, type Run, type RunStatus } from './run.js';
import { RUN, type RunDocument, RUNS_KEPT_DAYS } from './runs.schema.js';

/** A run with its whole history. */
export interface RunWithHistory {
  run: Run;
  history: readonly Entry[];
}

const DAY_MS = 86_400_000;
const NEWEST_FIRST: Keyset = { field: 'started_at', direction: -1, type: 'date' };
const WITHOUT_HISTORY = { history: 0 } as const;

/** The stored runs. A run is written over the version that it was read at, together with what its history tells of it. */
@Injectable()
export class RunsRepository {
  constructor(@InjectModel(RUN) private readonly runs: Model<RunDocument>) {}

  async find(id: string): Promise<RunWithHistory | undefined> {
    const document = await this.runs.findById(id).lean<RunDocument>();
    return document === null ? undefined : { run: toRun(document), history: document.history };
  }

  /** Newest first. */
  async page(workflowId: string, status: RunStatus | undefined, request: PageRequest): Promise<Page<Run>> {
    const keyset = keysetQuery<RunDocument>(NEWEST_FIRST, request);
    const equal = { 'workflow.id': workflowId, ...(status === undefined ? {} : { status }) };
    const documents = await this.runs
      .find(trustedFilter({ $and: [equal, keyset.filter] }), WITHOUT_HISTORY)
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<RunDocument[]>();
    return mapPage(keyset.toPage(documents), toRun);
  }

  async insert(begun: readonly Progress[]): Promise<void> {
    const documents = begun.map(({ run, entries }) => ({ _id: run.id, ...toDocument(run), history: [...entries] }));
    if (documents.length > 0) await this.runs.insertMany(documents, { lean: true });
  }

  /** Answers with the run as it is then; undefined where it is not at that version any more, and nothing is written. */
  async save({ run, entries }: Progress): Promise<Run | undefined> {
    const { version, ...rest } = toDocument(run);
    const { matchedCount } = await this.runs.updateOne(
      { _id: run.id, version },
      { $set: rest, $inc: { version: 1 }, $push: { history: { $each: [...entries] } } },
    );
    return matchedCount === 1 ? { ...run, version: version + 1 } : undefined;
  }

  /** The run that has been due for longest, which nobody else gets before `until`. */
  async claim(now: Date, until: Date): Promise<Run | undefined> {
    const document = await this.runs
      .findOneAndUpdate(
        trustedFilter({ status: 'running', due_at: { $lte: now } }),
        { $set: { due_at: until }, $inc: { version: 1 } },
        { sort: { due_at: 1 }, returnDocument: 'after', projection: WITHOUT_HISTORY },
      )
      .lean<RunDocument>();
    return document === null ? undefined : toRun(document);
  }

  /** Those whose waits have not been compared with the events that are there already; longest waiting first. */
  async unchecked(limit: number): Promise<Run[]> {
    return this.query({ 'wait.checked': false }, limit);
  }

  /** Those that have been compared, and whose deadlines were before `time`. */
  async overdue(time: Date, limit: number): Promise<Run[]> {
    return this.query({ 'wait.checked': true, 'wait.deadline': { $lt: time } }, limit);
  }

  /** Those that may wait for one of the events that are filed under `keys`. */
  async *waitingFor(keys: readonly string[]): AsyncGenerator<Run> {
    const waiting = this.underWay({ 'wait.checked': true, 'wait.keys': { $in: keys } });
    for await (const document of waiting.lean<RunDocument>().cursor()) yield toRun(document);
  }

  private async query(filter: object, limit: number): Promise<Run[]> {
    const documents = await this.underWay(filter).sort({ 'wait.deadline': 1 }).limit(limit).lean<RunDocument[]>();
    return documents.map(toRun);
  }

  private underWay(filter: object) {
    return this.runs.find(trustedFilter({ status: 'running', ...filter }), WITHOUT_HISTORY);
  }
}

function toDocument(run: Run): Omit<RunDocument, '_id' | 'history'> {
  const { id: _, ...members } = run;
  const interest = awaitedBy(run);
  return {
    ...members,
    steps: JSON.stringify(run.steps),
    wait: run.wait === null ? null : { ...run.wait, keys: interest === undefined ? [] : [...filingOf(interest).keys] },
    expires_at: run.finished_at === null ? null : new Date(run.finished_at.getTime() + RUNS_KEPT_DAYS * DAY_MS),
  };
}

function toRun({ _id, steps, wait, expires_at: _, history: __, ...document }: RunDocument): Run {
  return {
    id: _id,
    ...document,
    steps: JSON.parse(steps) as Run['steps'],
    wait: wait === null ? null : { deadline: wait.deadline, checked: wait.checked },
  };
}
