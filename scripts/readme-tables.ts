// npm run readme: writes the parts of README.md and docs/ that come from the code; a test holds them against it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DOCUMENTS, updateParts } from './generated-tables.ts';

for (const [name, parts] of Object.entries(DOCUMENTS)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  writeFileSync(path, updateParts(readFileSync(path, 'utf8'), parts));
}
