import type { Envelope } from '#contracts';
import { filingOf, keysFor } from './index-keys.js';
import { type Interest, wants } from './interest.js';
import { isTestEvent, testedBy } from './test-event.js';

/** What can be filed by what it is interested in. */
export interface Interested {
  id: string;
  interest: Interest;
}

/** Subscriptions by what they want: an event is compared with those that it could be for, and not with the others. */
export class SubscriptionIndex<T extends Interested> {
  private readonly byId = new Map<string, T>();
  private readonly byKey = new Map<string, Set<T>>();
  /** How many are filed under a prefix of that length. */
  private readonly prefixes = new Map<number, number>();

  get size(): number {
    return this.byId.size;
  }

  /** Files it in place of what was filed by that id. */
  put(item: T): void {
    this.remove(item.id);
    this.byId.set(item.id, item);
    const { keys, prefixLength } = filingOf(item.interest);
    if (prefixLength > 0) this.countPrefix(prefixLength, 1);
    for (const key of keys) {
      const filed = this.byKey.get(key);
      if (filed === undefined) this.byKey.set(key, new Set([item]));
      else filed.add(item);
    }
  }

  remove(id: string): void {
    const item = this.byId.get(id);
    if (item === undefined) return;
    this.byId.delete(id);
    const { keys, prefixLength } = filingOf(item.interest);
    if (prefixLength > 0) this.countPrefix(prefixLength, -1);
    for (const key of keys) {
      const filed = this.byKey.get(key);
      filed?.delete(item);
      if (filed?.size === 0) this.byKey.delete(key);
    }
  }

  clear(): void {
    for (const map of [this.byId, this.byKey, this.prefixes]) map.clear();
  }

  /** Whatever wants the event, each once. */
  match(envelope: Envelope): T[] {
    if (isTestEvent(envelope)) return [this.byId.get(testedBy(envelope))].filter((item) => item !== undefined);
    // What is filed under several keys differs in an attribute between them, and an event has one value of it.
    return keysFor(envelope, this.prefixes.keys()).flatMap((key) =>
      [...(this.byKey.get(key) ?? [])].filter(({ interest }) => wants(interest, envelope)),
    );
  }

  private countPrefix(length: number, by: 1 | -1): void {
    const count = (this.prefixes.get(length) ?? 0) + by;
    if (count === 0) this.prefixes.delete(length);
    else this.prefixes.set(length, count);
  }
}
