import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { WorkspaceIndex } from '../../../src/rag/workspace-index.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';
import { indexFolder } from './index-fixture.ts';

export type SourceFiles = Readonly<Record<string, string>>;

/** Indexes a small application that a test writes down; it goes with the test. */
export async function indexFiles(files: SourceFiles): Promise<WorkspaceIndex> {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const index = await indexFolder(root);
  onTestFinished(() => index.close());
  return index;
}

/** `GET /orders/{id} -> src/orders.py:12 read_order`, sorted; the line is the handler's first. */
export async function routesOf(files: SourceFiles): Promise<string[]> {
  const { routes } = await indexFiles(files);
  return routes
    .map(({ method, path, handler, handlerName }) => {
      const where = `${handler.file}:${handler.startLine}`;
      return `${method} ${path} -> ${where} ${handlerName ?? 'inline'}`;
    })
    .sort();
}
