import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccessTokens } from './access-tokens.js';

let asked: number;
let answering: () => Promise<{ access_token: string; expires_in: number }>;
let clock: { time: number; now: () => Date };
let tokens: AccessTokens;

beforeEach(() => {
  asked = 0;
  clock = { time: 0, now: () => new Date(clock.time) };
  answering = async () => ({ access_token: `token ${asked}`, expires_in: 600 });
  tokens = new AccessTokens(() => {
    asked += 1;
    return answering();
  }, clock);
});

describe('an access token of one’s own', () => {
  it('is asked for once, whoever needs it, until a minute before it expires', async () => {
    const all = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
    expect(new Set(all)).toEqual(new Set(['token 1']));
    clock.time = 539_999;
    expect(await tokens.current()).toBe('token 1');
    clock.time = 540_000;
    expect(await tokens.current()).toBe('token 2');
  });

  it('is used for half its time where it lasts no longer than that minute', async () => {
    answering = async () => ({ access_token: `token ${asked}`, expires_in: 30 });
    await tokens.current();
    clock.time = 14_999;
    expect(await tokens.current()).toBe('token 1');
    clock.time = 15_000;
    expect(await tokens.current()).toBe('token 2');
  });

  it('is replaced once where several were refused with it', async () => {
    const refused = await tokens.current();
    for (let call = 0; call < 3; call += 1) {
      tokens.discard(refused);
      expect(await tokens.current()).toBe('token 2');
    }
  });

  it('is asked for again where that failed', async () => {
    const well = answering;
    answering = () => Promise.reject(new Error('away'));
    await expect(tokens.current()).rejects.toThrow('away');
    answering = well;
    expect(await tokens.current()).toBe('token 2');
  });
});
