import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { DOCUMENTS, printed } from './documents.js';

describe('docs/api', () => {
  it.each(Object.entries(DOCUMENTS))('%s is what the code makes; else: npm run api:write', async (name, build) => {
    const committed = await readFile(`docs/api/${name}`, 'utf8');
    expect(committed).toBe(await printed(build));
  });
});
