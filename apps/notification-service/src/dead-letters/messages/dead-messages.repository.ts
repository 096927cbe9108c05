import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { keysetQuery, mapPage, type Page, type PageRequest } from '#http';
import { bytesOf, trustedFilter } from '#persistence';
import {
  type DeadMessage,
  forgottenAt,
  HISTORY_KEPT,
  type HistoryEntry,
  type MessageKind,
  type Refiled,
  type Somebody,
} from './dead-message.js';
import { DEAD_MESSAGE, type DeadMessageDocument } from './dead-messages.schema.js';

/** Which open ones; all where nothing is said. */
export interface DeadMessageFilter {
  id?: string | undefined;
  kind?: MessageKind | undefined;
  queue?: string | undefined;
  /** The message's. */
  type?: string | undefined;
}

/** As it is listed. */
export type ListedMessage = Omit<DeadMessage, 'content'>;

type ListedDocument = Omit<DeadMessageDocument, 'content'>;

const WITHOUT_CONTENT = { content: 0 };

/** The messages that could not be processed, or that nobody wanted. */
@Injectable()
export class DeadMessagesRepository {
  constructor(@InjectModel(DEAD_MESSAGE) private readonly messages: Model<DeadMessageDocument>) {}

  async insert({ id, properties, headers, ...message }: DeadMessage): Promise<void> {
    const document = {
      ...message,
      _id: id,
      properties: JSON.stringify(properties),
      headers: JSON.stringify(headers),
    };
    await this.messages.insertMany([document], { lean: true });
  }

  async refile(id: string, changes: Refiled): Promise<void> {
    await this.messages.updateOne({ _id: id }, { $set: changes });
  }

  /** Whatever its status. */
  async findCopy(fingerprint: string): Promise<ListedMessage | undefined> {
    const document = await this.messages.findOne({ fingerprint }, WITHOUT_CONTENT).lean<ListedDocument>();
    return document === null ? undefined : toListed(document);
  }

  /** Whatever its status. */
  async find(id: string): Promise<DeadMessage | undefined> {
    const document = await this.messages.findById(id).lean<DeadMessageDocument>();
    return document === null ? undefined : toMessage(document);
  }

  /** The open ones; those that were filed last come first. */
  async page(filter: DeadMessageFilter, request: PageRequest): Promise<Page<ListedMessage>> {
    const keyset = keysetQuery<ListedDocument>({ field: 'dead_since', direction: -1, type: 'date' }, request);
    const documents = await this.messages
      .find(trustedFilter({ $and: [open(filter), keyset.filter] }), WITHOUT_CONTENT)
      .sort(keyset.sort)
      .limit(keyset.limit)
      .lean<ListedDocument[]>();
    return mapPage(keyset.toPage(documents), toListed);
  }

  /** How many open ones there are, counted to `limit`. */
  async count(filter: DeadMessageFilter, limit: number): Promise<number> {
    return this.messages.countDocuments(open(filter)).limit(limit);
  }

  /** How many of the open ones were too large to be kept whole. */
  async countCut(filter: DeadMessageFilter): Promise<number> {
    return this.messages.countDocuments({ ...open(filter), whole: false });
  }

  /** They are to be published again. Answers how many. */
  async redrive(filter: DeadMessageFilter, by: Somebody, now: Date): Promise<number> {
    const { modifiedCount } = await this.messages.updateMany(open(filter), {
      $set: { status: 'redriving' },
      $inc: { redrives: 1 },
      $push: entry({ what: 'redriven', at: now, by }),
    });
    return modifiedCount;
  }

  /** False where there is no such open one. */
  async discard(id: string, by: Somebody, now: Date): Promise<boolean> {
    const { matchedCount } = await this.messages.updateOne(open({ id }), {
      $set: { status: 'discarded', expires_at: forgottenAt(now) },
      $push: entry({ what: 'discarded', at: now, by }),
    });
    return matchedCount === 1;
  }

  /** Those that are to be published again, the longest dead first. */
  async redriving(limit: number): Promise<DeadMessage[]> {
    const documents = await this.messages
      .find({ status: 'redriving' })
      .sort({ dead_since: 1 })
      .limit(limit)
      .lean<DeadMessageDocument[]>();
    return documents.map(toMessage);
  }

  /** It was published; one that has come back since stays as it is. */
  async markRedriven({ id, redrives }: DeadMessage, now: Date): Promise<void> {
    await this.messages.updateOne(
      { _id: id, status: 'redriving', redrives },
      { $set: { status: 'redriven', expires_at: forgottenAt(now) } },
    );
  }
}

const open = ({ id, ...filter }: DeadMessageFilter) => {
  const said = Object.entries({ ...filter, _id: id }).filter(([, value]) => value !== undefined);
  return { status: 'open' as const, ...Object.fromEntries(said) };
};

const entry = (added: HistoryEntry) => ({ history: { $each: [added], $slice: -HISTORY_KEPT } });

const toMessage = (document: DeadMessageDocument): DeadMessage => ({
  ...toListed(document),
  content: bytesOf(document.content),
});

const toListed = ({ _id, properties, headers, ...message }: ListedDocument): ListedMessage => ({
  ...message,
  id: _id,
  properties: JSON.parse(properties) as Record<string, unknown>,
  headers: JSON.parse(headers) as Record<string, unknown>,
});
