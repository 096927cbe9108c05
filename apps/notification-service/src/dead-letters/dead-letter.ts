import { UsherError } from '#kernel';
import type { DeadFilter } from '../delivery/dead-deliveries.repository.js';
import type { Delivery } from '../delivery/delivery.js';
import { MESSAGE_KINDS } from './messages/dead-message.js';
import type { DeadMessageFilter, ListedMessage } from './messages/dead-messages.repository.js';

export const DEAD_LETTER_KINDS = ['delivery', ...MESSAGE_KINDS] as const;
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number];

/** What was given up, of whatever kind: a message with its content or, in lists, without. */
export type DeadLetter<M extends ListedMessage = ListedMessage> = { delivery: Delivery } | { message: M };

/** Which dead letters; all where nothing is said. */
export interface DeadLetterFilter extends Omit<DeadFilter, 'id'>, Omit<DeadMessageFilter, 'id' | 'kind'> {
  kind?: DeadLetterKind | undefined;
}

/** What a filter asks of deliveries; undefined where it asks for something that none of them has. */
export const ofDeliveries = ({ kind, queue, ...filter }: DeadLetterFilter): DeadFilter | undefined =>
  (kind === undefined || kind === 'delivery') && queue === undefined ? filter : undefined;

/** What a filter asks of messages; undefined where it asks for something that none of them has. */
export function ofMessages({
  kind,
  subscription_id,
  channel,
  ...filter
}: DeadLetterFilter): DeadMessageFilter | undefined {
  if (kind === 'delivery' || subscription_id !== undefined || channel !== undefined) return undefined;
  return { ...filter, kind };
}

/** What the list is sorted by. */
export const deadSince = (letter: DeadLetter): { value: Date; id: string } => {
  if ('message' in letter) return { value: letter.message.dead_since, id: letter.message.id };
  const { settled_at, created_at, id } = letter.delivery;
  return { value: settled_at ?? created_at, id };
};

export const noSuchDeadLetter = (): UsherError => new UsherError('not-found', 'There is no such dead letter.');
