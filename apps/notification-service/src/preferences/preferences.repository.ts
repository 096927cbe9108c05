import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { NotificationType } from '#contracts';
import { duplicateKeyFields, trustedFilter } from '#persistence';
import { type Choice, choicesOf, chosenIn, type NotificationChannel, type Preferences } from './preference.js';
import { type ChoiceKey, PREFERENCES, type PreferencesDocument } from './preferences.schema.js';

/** Preferences that somebody has set. */
type StoredPreferences = Preferences & { updated_at: Date };

@Injectable()
export class PreferencesRepository {
  constructor(@InjectModel(PREFERENCES) private readonly preferences: Model<PreferencesDocument>) {}

  /** Those of `ids` who have ever said anything. */
  async findAll(ids: readonly string[]): Promise<Preferences[]> {
    if (ids.length === 0) return [];
    const documents = await this.preferences
      .find(trustedFilter({ _id: { $in: [...ids] } }))
      .lean<PreferencesDocument[]>();
    return documents.map(toPreferences);
  }

  /** Writes it over the version before; false where that is not the stored one any more. */
  async save(preferences: StoredPreferences): Promise<boolean> {
    const document = toDocument(preferences);
    try {
      const { matchedCount, upsertedCount } = await this.preferences.replaceOne(
        { _id: document._id, version: document.version - 1 },
        document,
        { upsert: document.version === 1 },
      );
      return matchedCount + upsertedCount === 1;
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      return false;
    }
  }

  /** The ids of all who have chosen to have it, read as they are asked for. */
  async *optedIn(type: NotificationType, channel: NotificationChannel): AsyncGenerator<string> {
    const found = this.preferences
      .find({ opted_in: keyOf(type, channel) }, { _id: 1 })
      .sort({ _id: 1 })
      .lean<Pick<PreferencesDocument, '_id'>>();
    for await (const { _id } of found.cursor()) yield _id;
  }
}

const keyOf = (type: NotificationType, channel: NotificationChannel): ChoiceKey => `${type}/${channel}`;

function toDocument({ id, types, ...preferences }: StoredPreferences): PreferencesDocument {
  const keysOf = (wanted: boolean): ChoiceKey[] =>
    chosenIn(types).flatMap(({ type, channel, on }) => (on === wanted ? [keyOf(type, channel)] : []));
  return { _id: id, opted_in: keysOf(true), opted_out: keysOf(false), ...preferences };
}

function toPreferences({ _id, opted_in, opted_out, ...preferences }: PreferencesDocument): Preferences {
  const choose = (key: ChoiceKey, on: boolean): Choice => {
    const [type, channel] = key.split('/') as [NotificationType, NotificationChannel];
    return { type, channel, on };
  };
  const chosen = [...opted_in.map((key) => choose(key, true)), ...opted_out.map((key) => choose(key, false))];
  return { id: _id, types: choicesOf(chosen), ...preferences };
}
