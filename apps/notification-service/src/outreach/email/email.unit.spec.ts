import { describe, expect, it } from '@jest/globals';
import type { NodemailerError } from 'nodemailer';
import { outcomeOfError } from './answer.js';
import { messageIdOf, struckOut, toSend } from './email.js';

const failed = (members: Partial<NodemailerError>, signal = new AbortController().signal) =>
  outcomeOfError(Object.assign(new Error('failed'), members), signal);

describe('what it means that the mail server', () => {
  it.each([450, 451, 452])('refuses a mailbox for now (%i): this e-mail waits, others do not', (responseCode) => {
    expect(failed({ code: 'EENVELOPE', command: 'RCPT TO', responseCode })).toMatchObject({
      kind: 'retryable',
      stage: 'answer',
      status: responseCode,
      destination: 'well',
    });
  });

  it.each([550, 551, 552, 553, 554])(
    'refuses an e-mail for good (%i): it is given up, and the server is well',
    (code) => {
      for (const refusal of [
        { code: 'EENVELOPE', command: 'RCPT TO' },
        { code: 'EMESSAGE', command: 'DATA' },
      ])
        expect(failed({ ...refusal, responseCode: code })).toMatchObject({ kind: 'permanent', destination: 'well' });
    },
  );

  it.each([
    ['has too much to do', { code: 'EENVELOPE', command: 'RCPT TO', responseCode: 421 }],
    ['cannot take any e-mail', { code: 'EMESSAGE', command: 'DATA', responseCode: 451 }],
    ['does not take our password', { code: 'EAUTH', command: 'AUTH PLAIN', responseCode: 535 }],
    ['does not greet us', { code: 'EPROTOCOL', command: 'CONN', responseCode: 554 }],
  ])('%s: it is tried again, and the server is at fault', (_what, error) => {
    const outcome = failed(error);
    expect(outcome).toMatchObject({ kind: 'retryable', stage: 'answer' });
    expect(outcome).not.toHaveProperty('destination');
  });

  it('says why by a number: its reason is told, its words are not', () => {
    const response = '550 5.1.1 <ada@example.com> unknown at mx1.internal';
    const error = 'The mail server answered 550 (5.1.1).';
    expect(failed({ code: 'EENVELOPE', responseCode: 550, response })).toMatchObject({ error });
  });

  it('cannot be reached, breaks off, or takes too long', () => {
    const refused = { code: 'ESOCKET', originalCode: 'ECONNREFUSED', command: 'CONN' };
    expect(failed(refused)).toMatchObject({ kind: 'retryable', stage: 'connect' });
    expect(failed({ code: 'ECONNECTION', command: 'DATA' })).toMatchObject({ kind: 'retryable', stage: 'answer' });
    expect(failed({ code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' })).toMatchObject({ stage: 'timeout' });
    expect(failed({ code: 'ECONNECTION' }, AbortSignal.abort())).toMatchObject({ kind: 'retryable', stage: 'timeout' });
  });
});

describe('an e-mail', () => {
  const message = { subject: 'Canceled', html: '<p>Canceled</p>', text: 'Canceled' };
  const email = { id: 'a'.repeat(24), from: 'Usher <no-reply@usher.example>', to: 'ada@example.com', message };
  const unsubscribe = { 'List-Unsubscribe': '<https://usher.example/u>' };

  it('has an id that is the same at every attempt, below the domain that it is from', () => {
    expect(messageIdOf('1', email.from)).toBe('<1@usher.example>');
    expect(messageIdOf('1', 'no-reply@usher.example')).toBe('<1@usher.example>');
  });

  it('says that a machine wrote it, and how to get no more of them', () => {
    const { headers, attachments } = toSend({ ...email, unsubscribe, calendar: undefined });
    expect(headers).toEqual({ ...unsubscribe, 'Auto-Submitted': 'auto-generated' });
    expect(attachments).toEqual([]);
  });

  it('is for one address, however that is written', () => {
    const to = 'ada@example.com,eve@example.com';
    expect(toSend({ ...email, to, unsubscribe, calendar: undefined }).to).toEqual({ name: '', address: to });
  });
});

describe('the calendar of a canceled booking', () => {
  const lines = (status: string, transp: string) =>
    [
      'BEGIN:VEVENT',
      'SUMMARY:How to write',
      ' STATUS:CONFIRMED',
      `STATUS:${status}`,
      `TRANSP:${transp}`,
      'END:VEVENT',
      '',
    ].join('\r\n');

  it('strikes the entry out, and touches no text', () => {
    expect(struckOut(lines('CONFIRMED', 'OPAQUE'))).toBe(lines('CANCELLED', 'TRANSPARENT'));
  });
});
