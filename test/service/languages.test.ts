import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listLanguages } from '../../src/service/languages.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

test('languages are told by the manifests of the project and of the folders below', async () => {
  const root = await makeTempFolder();
  for (const folder of ['api', 'node_modules', 'deep/er'])
    await mkdir(join(root, folder), { recursive: true });
  for (const file of ['pyproject.toml', 'api/go.mod', 'node_modules/package.json', 'deep/er/pom.xml'])
    await writeFile(join(root, file), '');
  expect(await listLanguages(root)).toEqual(['python', 'go']);
  expect(await listLanguages(join(root, 'deep'))).toEqual(['java']);
  expect(await listLanguages(join(root, 'api/none'))).toEqual([]);
});
