import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Envelope, UsherEventType } from '#contracts';
import { newId, UsherError } from '#kernel';
import { currentContext, type ExecutionContext } from '#observability';
import { Reactions } from './reactions.js';

let reactions: Reactions;
beforeEach(() => {
  reactions = new Reactions();
});

const envelope = (type: string, data: object): Envelope => ({
  specversion: '1.0',
  id: newId(),
  source: '/event-service',
  type,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  correlationid: 'request-7',
  data,
});

const changed = (type: 'registered' | 'updated' | 'removed', id: string): Envelope =>
  envelope(`usher.attendee.${type}`, { attendee: { id }, event_ids: [], actor: { id: null, username: 'system' } });

/** Registers a reaction to attendees, and tells what it was called with. */
function onAttendees(...on: Extract<UsherEventType, `usher.attendee.${string}`>[]): Envelope[] {
  const calls: Envelope[] = [];
  reactions.register({
    on,
    about: ({ data }) => data.attendee.id,
    react: async (trigger) => void calls.push(trigger.envelope),
  });
  return calls;
}

describe('which reactions a batch sets off', () => {
  it('those to its types, and no others', async () => {
    const toUpdates = onAttendees('usher.attendee.updated');
    const toBoth = onAttendees('usher.attendee.updated', 'usher.attendee.removed');
    const batch = [changed('updated', newId()), changed('removed', newId()), changed('registered', newId())];
    await reactions.react(batch);
    expect(toUpdates).toEqual(batch.slice(0, 1));
    expect(toBoth).toEqual(batch.slice(0, 2));
  });

  it('each once for the same thing, with the newest message about it', async () => {
    const calls = onAttendees('usher.attendee.updated', 'usher.attendee.removed');
    const [one, other] = [newId(), newId()];
    const batch = [
      changed('updated', one),
      changed('updated', other),
      changed('updated', one),
      changed('removed', one),
    ];
    await reactions.react(batch);
    expect(calls).toEqual([batch[3], batch[1]]);
  });

  it('one after the other, in the order of their registration', async () => {
    const order: string[] = [];
    for (const name of ['first', 'second']) {
      reactions.register({
        on: ['usher.attendee.removed'],
        about: ({ data }) => data.attendee.id,
        react: async () => {
          order.push(`${name} begins`);
          await new Promise(setImmediate);
          order.push(`${name} ends`);
        },
      });
    }
    await reactions.react([changed('removed', newId())]);
    expect(order).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('none for what nobody reacts to, whatever is in it', async () => {
    const calls = onAttendees('usher.attendee.removed');
    await reactions.react([envelope('usher.attendee.updated', { nonsense: true })]);
    expect(calls).toEqual([]);
  });
});

describe('what a reaction does', () => {
  it('belongs to the trace of its message and names it as its cause', async () => {
    const contexts: ExecutionContext[] = [];
    reactions.register({
      on: ['usher.attendee.removed'],
      about: ({ data }) => data.attendee.id,
      react: async () => {
        await new Promise(setImmediate);
        contexts.push(currentContext());
      },
    });
    const batch = [changed('removed', newId()), changed('removed', newId())];
    await reactions.react(batch);
    expect(contexts).toEqual(
      batch.map(({ id }) => ({
        trace: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: expect.any(String), flags: '01' },
        correlationId: 'request-7',
        causationId: id,
      })),
    );
  });
});

describe('a message that cannot be read', () => {
  it.each([
    ['whose data does not fit', envelope('usher.attendee.removed', { attendee: 7 })],
    ['of a type that does not exist', envelope('usher.attendee.exploded', {})],
  ])('%s is refused for good, before anybody reacts', async (_, bad) => {
    const calls = onAttendees('usher.attendee.removed');
    const refused = reactions.react([changed('removed', newId()), bad]);
    await expect(refused).rejects.toMatchObject({ code: 'validation-failed', retryable: false });
    expect(calls).toEqual([]);
  });
});

describe('a reaction that fails', () => {
  it('fails the batch with its own error, once nothing is under way any more', async () => {
    const trouble = new UsherError('unavailable', 'Away.', { retryable: true });
    const bad = newId();
    let running = 0;
    let done = 0;
    reactions.register({
      on: ['usher.attendee.removed'],
      about: ({ data }) => data.attendee.id,
      react: async ({ data }) => {
        if (data.attendee.id === bad) throw trouble;
        running += 1;
        await new Promise(setImmediate);
        running -= 1;
        done += 1;
      },
    });
    const later = onAttendees('usher.attendee.removed');
    const batch = [bad, ...Array.from({ length: 30 }, () => newId())].map((id) => changed('removed', id));
    await expect(reactions.react(batch)).rejects.toBe(trouble);
    expect({ running, done, later }).toEqual({ running: 0, done: 30, later: [] });
  });

  it('is not asked for hundreds of things when it fails for all', async () => {
    let calls = 0;
    reactions.register({
      on: ['usher.attendee.removed'],
      about: ({ data }) => data.attendee.id,
      react: async () => {
        calls += 1;
        throw new UsherError('unavailable', 'Away.', { retryable: true });
      },
    });
    const batch = Array.from({ length: 256 }, () => changed('removed', newId()));
    await expect(reactions.react(batch)).rejects.toMatchObject({ code: 'unavailable' });
    expect(calls).toBeLessThan(20);
  });
});
