import { describe, expect, it } from '@jest/globals';
import { mongo } from 'mongoose';
import { duplicateKeyFields, fromMongoError } from './errors.js';

const serverError = (code: number, more: object = {}): mongo.MongoServerError =>
  new mongo.MongoServerError({ message: 'no', code, ...more });

describe('what MongoDB’s errors mean', () => {
  it.each([
    ['a lost connection', new mongo.MongoNetworkError('gone')],
    ['a primary that steps down', serverError(10_107)],
    ['a server that shuts down', serverError(11_600)],
    ['a full disk', serverError(14_031)],
    ['a lost race', serverError(112, { errorLabels: ['TransientTransactionError'] })],
  ])('%s may pass', (_, error) => {
    expect(fromMongoError(error)).toMatchObject({ code: 'unavailable', retryable: true, cause: error });
  });

  it.each([
    ['a duplicate key', serverError(11_000)],
    ['a document that MongoDB refuses', serverError(121)],
    ['a bug', new TypeError('undefined is not a function')],
  ])('%s stays what it is', (_, error) => {
    expect(fromMongoError(error)).toBe(error);
  });

  it('names the fields of a duplicate key', () => {
    expect(duplicateKeyFields(serverError(11_000, { keyPattern: { stream: 1, version: 1 } }))).toEqual([
      'stream',
      'version',
    ]);
    expect(duplicateKeyFields(serverError(121))).toBeUndefined();
  });

  it.each([
    ['_id_', ['_id']],
    ['user_id_1', ['user_id']],
    ['stream_1_version_-1', ['stream', 'version']],
  ])('reads the fields of a duplicate key in a bulk write from its words: %s', (index, fields) => {
    const message = `E11000 duplicate key error collection: db.c index: ${index} dup key: { x: " index: y_1 dup key:" }`;
    expect(duplicateKeyFields(new mongo.MongoServerError({ message, code: 11_000 }))).toEqual(fields);
  });
});
