import { expect, it } from '@jest/globals';
import { DEAD_MESSAGE_EXAMPLE } from './dead-message.example.js';
import { deadMessageSchema } from './dead-messages.dto.js';

it('the example of a dead message is one', () => {
  expect(deadMessageSchema.parse(DEAD_MESSAGE_EXAMPLE)).toEqual(DEAD_MESSAGE_EXAMPLE);
  expect(JSON.stringify(DEAD_MESSAGE_EXAMPLE.content.value)).toHaveLength(DEAD_MESSAGE_EXAMPLE.size);
});
