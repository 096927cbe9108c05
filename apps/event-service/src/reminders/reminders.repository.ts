import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { PROGRESS, type ProgressDocument } from './reminders.schema.js';

const THE_ONE = 'reminders';

/** How far reminding has come, over all instances. */
@Injectable()
export class RemindersRepository {
  constructor(@InjectModel(PROGRESS) private readonly progress: Model<ProgressDocument>) {}

  /** Undefined before the first run ever. */
  async remindedUntil(): Promise<Date | undefined> {
    return (await this.progress.findById(THE_ONE).lean())?.until;
  }

  /** Everything that fell due before `until` has been dealt with; whoever has come further keeps their place. */
  async advance(until: Date): Promise<void> {
    await this.progress.updateOne({ _id: THE_ONE }, { $max: { until } }, { upsert: true });
  }
}
