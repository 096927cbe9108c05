import { glob, readFile, writeFile } from 'node:fs/promises';
import { pictureOf, PICTURES, renderedFrom } from './pictures.js';

for await (const source of glob(`${PICTURES}/*.dot`)) {
  await writeFile(renderedFrom(source), await pictureOf(await readFile(source, 'utf8')));
  process.stdout.write(`${renderedFrom(source)}\n`);
}
