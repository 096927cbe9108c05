import { describe, it, expect } from '@jest/globals';
describe('the test stack', () => {
  it('is there', () => {
    expect(process.env['USHER_TEST_RABBITMQ_URL']).toMatch(/amqp/);
    expect(process.env['USHER_TEST_RABBITMQ_MANAGEMENT_URL']).toMatch(/http/);
  });
});
