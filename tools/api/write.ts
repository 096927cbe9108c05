import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DOCUMENTS, printed } from './documents.js';

const FOLDER = 'docs/api';

await mkdir(FOLDER, { recursive: true });
for (const [name, build] of Object.entries(DOCUMENTS)) {
  await writeFile(join(FOLDER, name), await printed(build));
  process.stdout.write(`${join(FOLDER, name)}\n`);
}
