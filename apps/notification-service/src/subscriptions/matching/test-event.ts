import type { Envelope } from '#contracts';

/** Nobody can publish it: types that begin with `usher.` are Usher's. */
const TYPE = 'usher.subscription.tested';
const SUBJECT = 'subscriptions/';

/** An event that is for one subscription and no other, whatever that wants. */
export const newTestEvent = (subscriptionId: string, id: string, now: Date): Envelope => ({
  specversion: '1.0',
  id,
  source: '/notification-service',
  type: TYPE,
  subject: SUBJECT + subscriptionId,
  time: now.toISOString(),
  datacontenttype: 'application/json',
  data: { subscription_id: subscriptionId },
});

export const isTestEvent = ({ type }: Envelope): boolean => type === TYPE;

/** Which subscription a test event is for. */
export const testedBy = ({ subject = '' }: Envelope): string => subject.slice(SUBJECT.length);
