import { describe, expect, it } from '@jest/globals';
import { Parser } from '@asyncapi/parser';
import { buildAsyncApi } from './asyncapi.js';

describe('the AsyncAPI document', () => {
  it('is valid, without an error or a warning', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(buildAsyncApi('http://localhost:3001')));
    console.log(diagnostics);
    expect(document).toBeDefined();
  });
});
