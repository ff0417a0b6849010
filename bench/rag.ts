/** Measures indexing: `bench/rag.ts FOLDER [QUERY…]`; the first run reads everything, the second nothing. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import type { CodeIndex } from '../src/rag/code-index.ts';
import { indexWorkspace } from '../src/rag/index-workspace.ts';

const [root, ...queries] = process.argv.slice(2);
if (root === undefined) throw new Error('usage: bench/rag.ts FOLDER [QUERY…]');
const stateFolder = await mkdtemp(join(tmpdir(), 'breakwater-bench-'));
try {
  for (const run of ['cold', 'warm']) {
    const index = await openIndex(root);
    const { files, lines, tookMs, changedFiles } = index.summary;
    const memoryMb = Math.round(process.memoryUsage().rss / 1e6);
    const linesPerSecond = Math.round((lines / tookMs) * 1000);
    const routes = index.routes.length;
    console.log(
      JSON.stringify({
        run,
        files,
        changedFiles,
        lines,
        tookMs: Math.round(tookMs),
        linesPerSecond,
        routes,
        memoryMb,
      }),
    );
    for (const query of run === 'warm' ? queries : [])
      console.log(JSON.stringify({ query, ...timeSearch(index, query) }));
    const startedMs = systemClock.now();
    const clients = index.listClients(null).length;
    console.log(JSON.stringify({ clients, tookMs: Math.round(systemClock.now() - startedMs) }));
    index.close();
  }
} finally {
  await rm(stateFolder, { recursive: true, force: true });
}

function openIndex(folder: string): Promise<CodeIndex> {
  const signal = new AbortController().signal;
  return indexWorkspace(folder, { stateFolder, clock: systemClock, signal, onProgress: () => {} });
}

/** Median of 21 searches. */
function timeSearch(
  index: CodeIndex,
  query: string,
): { readonly medianMs: number; readonly first: string | null } {
  const times = Array.from({ length: 21 }, () => {
    const startedMs = systemClock.now();
    index.search(query, { limit: 10 });
    return systemClock.now() - startedMs;
  }).sort((a, b) => a - b);
  const [best] = index.search(query, { limit: 1 }).hits;
  const medianMs = Math.round((times[10] ?? 0) * 10) / 10;
  return { medianMs, first: best === undefined ? null : `${best.file}:${best.startLine}` };
}
