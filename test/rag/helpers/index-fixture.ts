import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/clock.ts';
import { indexWorkspace } from '../../../src/rag/index-workspace.ts';
import type { WorkspaceIndex } from '../../../src/rag/workspace-index.ts';
import type { Route } from '../../../src/types-code.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';

/** Indexes `root` with its state in a folder of its own, or in `stateFolder`. */
export async function indexFolder(root: string, stateFolder?: string): Promise<WorkspaceIndex> {
  return indexWorkspace(root, {
    stateFolder: stateFolder ?? (await makeTempFolder()),
    clock: systemClock,
    signal: new AbortController().signal,
    onProgress: () => {},
  });
}

/** The folder of a fixture application. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** `GET /orders/{id} -> src/orders.py:12 read_order`, sorted. */
export function describeRoutes(routes: readonly Route[]): string[] {
  return routes
    .map(({ method, path, handler, handlerName }) => {
      const where = `${handler.file}:${handler.startLine}-${handler.endLine}`;
      return `${method} ${path} -> ${where} ${handlerName ?? 'inline'}`;
    })
    .sort();
}
