import { type Envelope, isUsherEventType, parseData, type UsherEventData, type UsherEventType } from '#contracts';
import { UsherError } from '#kernel';

/** One of Usher's own events, its data checked against its type's schema. */
export type Happening = { [T in UsherEventType]: { type: T; data: UsherEventData<T> } }[UsherEventType];

/**
 * What `envelope` says happened; undefined for a producer's own event, which is theirs to understand. Throws
 * `validation-failed` for one of Usher's own types that does not exist, or whose data does not fit its schema.
 */
export function readHappening({ type, data, dataschema }: Envelope): Happening | undefined {
  if (!type.startsWith('usher.')) return undefined;
  if (!isUsherEventType(type)) throw new UsherError('validation-failed', `There is no type ${type}.`);
  try {
    return { type, data: parseData(type, data, dataschema) } as Happening;
  } catch (error) {
    throw new UsherError('validation-failed', `The data of ${type} does not fit its schema.`, { cause: error });
  }
}
