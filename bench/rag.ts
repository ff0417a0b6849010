/** Measures the index: `npm run bench rag [folder=PATH]`; without a folder, on copies of this repository's own source. */
import { appendFile, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../src/clock.ts';
import type { CodeIndex } from '../src/rag/code-index.ts';
import { CodeThread } from '../src/rag/code-thread.ts';
import { indexWorkspace } from '../src/rag/index-workspace.ts';
import { forgetLinkedCode } from '../src/rag/linked-code.ts';
import { openCode } from '../src/rag/open-code.ts';
import { Database } from '../src/rag/store/sqlite.ts';
import type { BenchRow } from './row.ts';

/** Some 5,000 files. */
const COPIES = 10;
const REPEATS = 7;
const QUERIES = [
  'retry backoff client',
  'getUserById',
  'read the configuration file',
  'timeout',
  'parse yaml',
];

/** Cold and warm indexing, one changed file, search; of each the median of some repeats where it is quick. */
export async function measureRag(folder: string | null = null): Promise<readonly BenchRow[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'breakwater-bench-'));
  try {
    const root = folder ?? (await makeTree(join(scratch, 'tree')));
    return await measureTree(root, join(scratch, 'index'), folder === null);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function makeTree(root: string): Promise<string> {
  const source = fileURLToPath(new URL('../src', import.meta.url));
  for (let copy = 0; copy < COPIES; copy++)
    await cp(source, join(root, `service-${copy}`), { recursive: true });
  return root;
}

async function measureTree(root: string, state: string, mayChange: boolean): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const add = (subject: string, figures: BenchRow['figures']) =>
    void rows.push({ bench: 'rag', subject, figures });
  const before = process.cpuUsage();
  const cold = await openIndex(root, state);
  const cpuMs = Math.round(cpuSince(before));
  const { files, lines, tookMs } = cold.summary;
  add('cold', {
    files,
    lines,
    ms: Math.round(tookMs),
    linesPerSecond: Math.round((lines / tookMs) * 1000),
    cpuMs,
  });
  add('memory', { rssMb: Math.round(process.memoryUsage().rss / 1e6) });
  cold.close();
  const { size } = await stat(join(state, 'generation.db'));
  add('generation', { mb: Math.round(size / 1e6), chunks: await countChunks(state) });
  forgetLinkedCode();
  add('new process, unchanged', { files, ms: await timeIndexing(root, state) });
  add('unchanged', { files, ...(await repeat(() => timeIndexing(root, state))) });
  const [first] = cold.files;
  if (mayChange && first !== undefined) {
    const path = join(root, first.file);
    const before = await readFile(path);
    let count = 0;
    const change = async () => {
      await appendFile(path, `\nexport function added${count++}() {}\n`);
      return timeIndexing(root, state);
    };
    add('one file changed', { files, ...(await repeat(change)) });
    await writeFile(path, before);
  }
  add('thread of the protocol', { longestMs: await timeBlocking(root, `${state}-thread`) });
  const index = await openIndex(root, state);
  for (const query of QUERIES) {
    add(`search: ${query}`, await repeat(async () => timeOf(() => index.search(query, { limit: 8 }))));
  }
  index.close();
  return rows;
}

/** Longest time that the thread of the protocol is kept while another thread indexes, links and searches. */
async function timeBlocking(root: string, state: string): Promise<number> {
  const thread = new CodeThread();
  const { signal } = new AbortController();
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  for (let turn = 0; turn < 2; turn++) {
    const index = await openCode(root, state, thread, signal, () => {});
    await index.search('timeout', { limit: 8 });
    index.close();
  }
  delay.disable();
  await thread.stop();
  return Math.round(delay.max / 1e6);
}

async function countChunks(state: string): Promise<number> {
  const database = new Database(join(state, 'generation.db'), { readOnly: true });
  const row = database.get('SELECT count(*) AS count FROM chunks');
  database.close();
  return Number(row?.count);
}

async function timeIndexing(root: string, state: string): Promise<number> {
  const index = await openIndex(root, state);
  index.close();
  return Math.round(index.summary.tookMs);
}

function timeOf(work: () => unknown): number {
  const startedMs = systemClock.now();
  work();
  return Math.round((systemClock.now() - startedMs) * 10) / 10;
}

/** `cpuMs` is the time of all threads together, which a busy machine bends less. */
async function repeat(
  measure: () => Promise<number>,
): Promise<{ p50Ms: number; worstMs: number; cpuMs: number }> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let turn = 0; turn < REPEATS; turn++) times.push(await measure());
  const cpuMs = Math.round(cpuSince(before) / REPEATS);
  times.sort((a, b) => a - b);
  return { p50Ms: times[REPEATS >> 1] ?? 0, worstMs: times.at(-1) ?? 0, cpuMs };
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function openIndex(root: string, stateFolder: string): Promise<CodeIndex> {
  const { signal } = new AbortController();
  return indexWorkspace(root, { stateFolder, clock: systemClock, signal, onProgress: () => {} });
}
