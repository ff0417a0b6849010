/** Measures the index: `npm run bench rag [folder=PATH]`; without a folder, on copies of this repository's own source. */
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
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

/** What the goals are set for: one changed file in a tree of so many, and search among so many pieces. */
const FILES = 5_000;
const CHUNKS = 60_000;
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
    const state = join(scratch, 'index');
    if (folder !== null)
      return [...(await measureTree(folder, state, false)), ...(await measureSearch(folder, state))];
    const root = join(scratch, 'tree');
    const copies = Math.ceil(FILES / (await listSource(SOURCE)).length);
    await copySource(root, 0, copies);
    for (const file of (await listSource(root)).slice(FILES)) await rm(join(root, file));
    const rows = await measureTree(root, state, true);
    await copySource(root, copies, Math.ceil((CHUNKS / (await countChunks(state))) * copies));
    return [...rows, ...(await measureSearch(root, state))];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

async function listSource(folder: string): Promise<readonly string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).toSorted();
}

async function copySource(root: string, from: number, to: number): Promise<void> {
  for (let copy = from; copy < to; copy++)
    await cp(SOURCE, join(root, `service-${copy}`), { recursive: true });
}

async function measureTree(root: string, state: string, mayChange: boolean): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  const add = (subject: string, figures: BenchRow['figures'], goal: Partial<BenchRow> = {}) =>
    void rows.push({ bench: 'rag', subject, figures, ...goal });
  const before = process.cpuUsage();
  const cold = await openIndex(root, state);
  const cpuMs = Math.round(cpuSince(before));
  const { files, lines, tookMs } = cold.summary;
  const linesPerSecond = Math.round((lines / tookMs) * 1000);
  add(
    'cold',
    { files, lines, ms: Math.round(tookMs), linesPerSecond, cpuMs },
    { goal: 'at least 40,000 lines a second', met: linesPerSecond >= 40_000 },
  );
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
    const figures = await repeat(change);
    add('one file changed', { files, ...figures }, { goal: 'p50 at most 200 ms', met: figures.p50Ms <= 200 });
    await writeFile(path, before);
  }
  add('thread of the protocol', { longestMs: await timeBlocking(root, `${state}-thread`) });
  return rows;
}

async function measureSearch(root: string, state: string): Promise<readonly BenchRow[]> {
  const index = await openIndex(root, state);
  const chunks = await countChunks(state);
  const rows: BenchRow[] = [];
  for (const query of QUERIES) {
    const figures = await repeat(async () => timeOf(() => index.search(query, { limit: 8 })));
    const [goal, met] = ['p50 at most 30 ms', figures.p50Ms <= 30] as const;
    rows.push({ bench: 'rag', subject: `search: ${query}`, figures: { chunks, ...figures }, goal, met });
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
