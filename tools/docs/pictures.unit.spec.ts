import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { pictureOf, PICTURES, renderedFrom } from './pictures.js';

describe('docs/pictures', () => {
  it.each(globSync(`${PICTURES}/*.dot`))('%s has been rendered; else: npm run pictures:write', async (source) => {
    const committed = await readFile(renderedFrom(source), 'utf8');
    expect(committed).toBe(await pictureOf(await readFile(source, 'utf8')));
  });
});
