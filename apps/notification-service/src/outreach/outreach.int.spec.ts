import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { newId } from '#kernel';
import { silentLogger, until } from '#testing';
import { ArchiveFeed } from '../archive/archive-feed.js';
import { channelSuite } from '../delivery/channels/testing/channel-suite.js';
import { DeliveriesRepository } from '../delivery/deliveries.repository.js';
import { replies } from '../enrichment/testing/event-service-stand-in.js';
import { defaultPreferences } from '../preferences/preference.js';
import { changedData, type Person, reminderData } from '../../test/messages.js';
import { messageIdOf } from './email/email.js';
import { EmailChannel } from './email/email.channel.js';
import { MAIL_SERVER_ID } from './email/mail-server.js';
import { Outreach } from './outreach.service.js';
import { OutreachBed } from './testing/outreach-bed.js';
import { accepts, type Answering, hangs, refuses, SmtpReceiver } from './testing/smtp-receiver.js';

const FROM = 'Usher <usher@mail.example>';

channelSuite('email', async () => {
  const smtp = await SmtpReceiver.start();
  const message = { subject: 'Hello', html: '<p>Hello</p>', text: 'Hello' };
  const writer = {
    write: ({ id }: { id: string }) =>
      Promise.resolve({
        kind: 'written' as const,
        email: { id, from: FROM, to: 'ada@example.com', message, unsubscribe: {}, calendar: undefined },
        template: 'event.canceled/email/en/000001',
      }),
  };
  const channel = new EmailChannel(writer, silentLogger());
  const behaviours = {
    accept: accepts,
    fail: refuses(451),
    'ask-to-wait': refuses(421),
    'break-off': smtp.breaksOff,
    hang: hangs,
    gone: refuses(550),
  };
  return {
    channel,
    target: { sink: smtp.url, secrets: [] },
    envelope: () => ({
      specversion: '1.0',
      id: newId(),
      source: '/event-service',
      type: 'usher.event.canceled',
      data: {},
    }),
    idOf: ({ id }) => messageIdOf(id, FROM),
    whenGone: 'permanent',
    cannotAskToWait: true,
    deserted: 'smtp://127.0.0.1:1',
    behave: (behaviour) => (smtp.answering = behaviours[behaviour]),
    received: () => smtp.received.map(({ messageId }) => messageId),
    close: async () => {
      channel.onApplicationShutdown();
      await smtp.close();
    },
  };
});

describe('people are reached by e-mail', () => {
  let bed: OutreachBed;

  beforeAll(async () => {
    bed = await OutreachBed.start();
  }, 60_000);

  afterEach(async () => {
    jest.restoreAllMocks();
    bed.smtp.answering = accepts;
    bed.smtp.unknown.clear();
    bed.eventService.instead = undefined;
    await bed.delivery.clear();
    bed.smtp.received.length = 0;
  });

  afterAll(() => bed.close());

  const prefer = (who: Person, settings: Partial<ReturnType<typeof defaultPreferences>>) =>
    bed.preferences.replace(who.id, { ...defaultPreferences(who.id), ...settings }, { require: () => undefined });
  const only = async <T>(found: Promise<readonly T[]>): Promise<T> => {
    const [one, ...others] = await found;
    expect(others).toEqual([]);
    return one!;
  };
  const settled = async (who: { id: string }, status: string) => {
    await until(async () => expect(await only(bed.deliveriesTo(who))).toMatchObject({ status }));
    return only(bed.deliveriesTo(who));
  };

  it('of a booking: who booked with the event’s calendar, and who created the event', async () => {
    const [event, ada] = [bed.event(), bed.person('ada')];
    await bed.booked('confirmed', { event, owner: ada });
    const { id, template } = await settled(ada, 'succeeded');
    expect(template).toMatch(/^booking\.confirmed\/email\/pt\/\d{6}$/);
    const mail = await only(bed.mailsTo(ada));
    expect(mail).toMatchObject({ from: { address: 'usher@mail.example' }, messageId: `<${id}@mail.example>` });
    expect(mail.text).toContain('Lisbon');
    expect(mail.html).toContain(`https://events.example/${event.id}`);
    expect(mail.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['event.ics', 'text/calendar'],
    ]);
    const headers = new Map(mail.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('list-unsubscribe')).toMatch(
      /^<https:\/\/usher\.example\/v1\/preferences\/unsubscribe\?token=.+>$/,
    );
    expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    await settled(event.by, 'succeeded');
    expect((await only(bed.mailsTo(event.by))).attachments).toEqual([]);
  });

  it('as guests, who have no account: once, and with what to strike out of their calendar', async () => {
    const event = bed.event();
    const guest = await bed.booked('canceled', { event, owner: null, reason: 'event-canceled' });
    expect(await settled(guest, 'succeeded')).toMatchObject({ recipient: { kind: 'attendee' } });
    const { attachments, text } = await only(bed.mailsTo(guest));
    expect(text).toContain('Hello Ada Lovelace');
    const calendar = Buffer.from(attachments[0]!.content as ArrayBuffer).toString();
    expect(calendar).toMatch(/STATUS:CANCELLED\r?\nTRANSP:TRANSPARENT/);
  });

  it('as guests who are still going, before it begins', async () => {
    const event = bed.event();
    const going = await bed.booked('confirmed', { event, owner: null });
    const id = newId();
    const canceled = await bed.booked('confirmed', { event, owner: null, id });
    await bed.booked('canceled', { event, owner: null, id });
    await bed.happens('usher.event.reminder', { ...reminderData(event), event: event.resource });
    const types = async (who: { id: string }) => (await bed.deliveriesTo(who)).map(({ event: { type } }) => type);
    await until(async () => expect(await types(going)).toEqual(['usher.booking.confirmed', 'usher.event.reminder']));
    expect(await types(canceled)).not.toContain('usher.event.reminder');
  });

  it('by what somebody has called an event as text, whatever that is', async () => {
    const title = 'Jazz <script>alert(1)</script> 🎷\r\nBcc: eve@example.com \u202Eemit';
    const [event, ada] = [bed.event({ title }), bed.person('ada')];
    await bed.booked('confirmed', { event, owner: ada });
    await settled(ada, 'succeeded');
    const { subject, html, headers, to } = await only(bed.mailsTo(ada));
    expect(subject).toContain('Jazz <script>alert(1)</script> 🎷 Bcc: eve@example.com');
    expect(subject).not.toMatch(/[\r\n\u202E]/);
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toMatch(/<script|\u202E/);
    expect(headers.filter(({ key }) => key === 'bcc')).toEqual([]);
    expect(to?.map(({ address }) => address)).toEqual([bed.addressOf(ada)]);
  });

  it('as far as they want it: not at all, or when their night is over', async () => {
    const [event, ada, bob] = [bed.event(), bed.person('ada'), bed.person('bob')];
    await prefer(ada, { types: { 'booking.confirmed': { email: false } } });
    const hour = (ahead: number) =>
      new Date(bed.delivery.now().getTime() + ahead * 3_600_000).toISOString().slice(11, 16);
    await prefer(bob, { quiet_hours: { from: hour(-1), to: hour(2), timezone: 'UTC', mode: 'queue' } });
    await bed.booked('confirmed', { event, owner: ada });
    await bed.booked('confirmed', { event, owner: bob });
    await settled(bob, 'pending');
    const { next_attempt_at, attempts } = await only(bed.deliveriesTo(bob));
    expect(attempts).toEqual([]);
    expect(next_attempt_at!.toISOString().slice(11, 16)).toBe(hour(2));
    bed.delivery.pass(2 * 3_600_000);
    await settled(bob, 'succeeded');
    expect(await bed.deliveriesTo(ada)).toEqual([]);
  });

  it('of what everybody is told, if they have asked for it', async () => {
    const [event, ada] = [bed.event(), bed.person('ada')];
    await prefer(ada, { types: { 'event.created': { email: true } } });
    await bed.happens('usher.event.created', { ...changedData(event.id, event.by), event: event.resource });
    await settled(ada, 'succeeded');
    expect(await bed.delivery.deliveriesTo({ id: MAIL_SERVER_ID })).toHaveLength(1);
  });

  it('once, also where it is decided again what was decided before a crash', async () => {
    const [event, ada] = [bed.event(), bed.person('ada')];
    await bed.booked('confirmed', { event, owner: ada });
    await settled(ada, 'succeeded');
    const events = await bed.delivery.app.get(ArchiveFeed).after(0, 1_000);
    await bed.delivery.app.get(Outreach).reach(events.slice(-1));
    expect(await bed.deliveriesTo(ada)).toHaveLength(1);
    expect(await bed.mailsTo(ada)).toHaveLength(1);
  });

  it('again where the mail server could not take it, by the same id and the same version of the template', async () => {
    const [event, ada] = [bed.event(), bed.person('ada')];
    bed.smtp.answering = refuses(451);
    await bed.booked('confirmed', { event, owner: ada });
    await until(async () => expect((await only(bed.deliveriesTo(ada))).attempts).toHaveLength(1));
    const { attempts, template } = await only(bed.deliveriesTo(ada));
    expect(attempts[0]).toMatchObject({ status: 451, stage: 'answer' });
    bed.smtp.answering = accepts;
    bed.delivery.pass(60_000);
    expect(await settled(ada, 'succeeded')).toMatchObject({ template, tries: 2 });
    const to = bed.smtp.received.filter((mail) => mail.to.includes(bed.addressOf(ada)));
    expect(new Set(to.map(({ messageId }) => messageId)).size).toBe(1);
    expect(to.map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  it('not where there is no such mailbox: given up at once, and others are not kept waiting for it', async () => {
    const event = bed.event();
    const people = Array.from({ length: 6 }, (_, index) => bed.person(`person${index}`));
    for (const who of people) bed.smtp.unknown.add(bed.addressOf(who));
    for (const owner of people) await bed.booked('confirmed', { event, owner });
    for (const who of people) {
      const { attempts } = await settled(who, 'dead');
      expect(attempts).toMatchObject([{ status: 550, error: 'The mail server answered 550 (5.1.1).', next: null }]);
    }
    expect(await bed.delivery.failures({ id: MAIL_SERVER_ID })).toBe(0);
  });

  it('not half, while event-service is away: it waits, and the mail server is not to blame', async () => {
    const [event, ada] = [bed.event(), bed.person('ada')];
    bed.eventService.instead = replies(503);
    await bed.booked('confirmed', { event: { ...event, by: ada }, owner: ada });
    await until(async () => expect((await only(bed.deliveriesTo(ada))).attempts).toHaveLength(1));
    expect((await only(bed.deliveriesTo(ada))).attempts).toMatchObject([{ stage: 'prepare', status: null }]);
    expect(await bed.delivery.failures({ id: MAIL_SERVER_ID })).toBe(0);
    bed.eventService.instead = undefined;
    bed.delivery.pass(60_000);
    await settled(ada, 'succeeded');
    expect((await only(bed.mailsTo(ada))).text).toContain('Lisbon');
  });

  it('not where they have been erased: that is nobody’s dead letter', async () => {
    const event = bed.event();
    const gone = { id: newId(), username: 'gone' };
    await bed.booked('confirmed', { event, owner: gone });
    const { attempts } = await settled(gone, 'discarded');
    expect(attempts).toMatchObject([{ stage: 'prepare', error: 'The recipient does not exist any more.' }]);
  });

  describe('killed in the middle', () => {
    const givenFor = (ada: Person) => {
      const mails = bed.smtp.received.filter(({ to }) => to.includes(bed.addressOf(ada)));
      return mails.map(({ messageId, accepted }) => ({ messageId, accepted }));
    };

    it('after the mail server has taken it and before that is written down: twice, by one Message-ID', async () => {
      const [event, ada] = [bed.event(), bed.person('ada')];
      const repository = bed.delivery.app.get(DeliveriesRepository);
      const write = repository.end.bind(repository);
      let died = false;
      jest.spyOn(repository, 'end').mockImplementation((endings) => {
        const dies = !died && endings.some(([{ delivery }]) => delivery.recipient?.id === ada.id);
        died ||= dies;
        return dies ? Promise.reject(new Error('killed')) : write(endings);
      });
      await bed.booked('confirmed', { event: { ...event, by: ada }, owner: ada });
      await until(() => expect(died).toBe(true));
      const TILL_THE_CLAIM_LAPSES_MS = 21_000;
      bed.delivery.pass(TILL_THE_CLAIM_LAPSES_MS);
      await settled(ada, 'succeeded');
      const ids = givenFor(ada).map(({ messageId }) => messageId);
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    });

    it('before the mail server has taken it, however much of it has been said: once', async () => {
      const [event, ada] = [bed.event(), bed.person('ada')];
      let cuts = 0;
      const cutsOnce: Answering = (session) => {
        cuts += 1;
        return cuts === 1 ? bed.smtp.breaksOff(session) : undefined;
      };
      bed.smtp.answering = cutsOnce;
      await bed.booked('confirmed', { event: { ...event, by: ada }, owner: ada });
      await until(async () => expect((await only(bed.deliveriesTo(ada))).attempts).toHaveLength(1));
      bed.delivery.pass(60_000);
      await settled(ada, 'succeeded');
      expect(givenFor(ada).map(({ accepted }) => accepted)).toEqual([false, true]);
    });
  });
});
