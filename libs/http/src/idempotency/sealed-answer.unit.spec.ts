import { describe, expect, it } from '@jest/globals';
import { IdempotencySecret } from './sealed-answer.js';

const answer = { status: 201, headers: { location: '/v1/x' }, body: '{"secret":"s3cr3t"}' };

describe('what an idempotency key yields', () => {
  const secret = new IdempotencySecret('user:ada', 'key-1');

  it('opens what it has sealed, and nobody else does', () => {
    const sealed = secret.seal(answer);
    expect(new IdempotencySecret('user:ada', 'key-1').open(sealed)).toEqual(answer);
    expect(() => new IdempotencySecret('user:ada', 'key-2').open(sealed)).toThrow();
    expect(() => new IdempotencySecret('user:eve', 'key-1').open(sealed)).toThrow();
  });

  it('leaves nothing readable', () => {
    expect(secret.seal(answer).toString('latin1')).not.toContain('s3cr3t');
    expect(secret.seal(answer).equals(secret.seal(answer))).toBe(false);
    expect(secret.id).not.toContain('key-1');
  });

  it('tells requests apart, and callers with the same key', () => {
    expect(secret.fingerprint('a')).toBe(new IdempotencySecret('user:ada', 'key-1').fingerprint('a'));
    expect(secret.fingerprint('a')).not.toBe(secret.fingerprint('b'));
    expect(new IdempotencySecret('user:eve', 'key-1').id).not.toBe(secret.id);
  });

  it('notices tampering', () => {
    const sealed = secret.seal(answer);
    sealed[sealed.length - 1]! ^= 1;
    expect(() => secret.open(sealed)).toThrow();
  });
});
