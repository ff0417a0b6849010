import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Notice } from '../types.ts';
import type { Route } from '../types-code.ts';
import type { CodeIndex, IndexedFile, IndexSummary } from './code-index.ts';
import { listCalls } from './fact-builder.ts';
import type { FileFacts } from './facts.ts';
import { IndexThread, readFactsVersion } from './index-thread.ts';
import { fingerprintOf, keepLinkedCode, type LinkedCode, recallLinkedCode } from './linked-code.ts';
import { readManifests } from './manifests.ts';
import { createModuleFinder } from './modules/module-finder.ts';
import { Program } from './program.ts';
import { readFiles } from './read-files.ts';
import { Resolver } from './resolver.ts';
import { routeFinders } from './routes/index.ts';
import { searchChunks } from './search.ts';
import { GenerationFiles } from './store/generation-files.ts';
import type { GenerationReader } from './store/generation-reader.ts';
import type { FileRow, NewFileRow } from './store/rows.ts';
import { type FoundFile, type FoundFiles, walk } from './walk.ts';
import { WorkspaceIndex } from './workspace-index.ts';

export interface IndexDeps {
  /** Folder of the index, e.g. `<root>/.breakwater/index`. */
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told after each batch of files. */
  readonly onProgress: (done: number, total: number) => void;
}

const TEST_FILE =
  /(^|\/)(__tests__|__mocks__|tests?|specs?|e2e)\/|[._](test|spec)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]*|conftest)\.py$|_test\.(go|py)$|Tests?\.(java|cs)$/;
const ROWS_AT_ONCE = 100;

/**
 * Indexes the code below `root`. Files whose content is what it was are taken from the generation before; the new one
 * is published when it is whole, so that a killed indexing leaves the old one.
 *
 * @throws AppError STORAGE_FAILED when the index cannot be written.
 */
export async function indexWorkspace(root: string, deps: IndexDeps): Promise<CodeIndex> {
  const startedMs = deps.clock.now();
  const realRoot = await realpath(root);
  const generations = new GenerationFiles(deps.stateFolder);
  await generations.prepare();
  const found = await walk(realRoot, deps.signal);
  const version = await readFactsVersion();
  const previous = await openPublished(generations, version);
  try {
    return await indexFrom(previous, { realRoot, generations, found, startedMs, version }, deps);
  } catch (error) {
    previous?.close();
    throw error;
  }
}

interface IndexJob {
  readonly realRoot: string;
  readonly generations: GenerationFiles;
  readonly found: FoundFiles;
  readonly startedMs: number;
  readonly version: string;
}

async function indexFrom(
  previous: GenerationReader | null,
  { realRoot, generations, found, startedMs, version }: IndexJob,
  deps: IndexDeps,
): Promise<CodeIndex> {
  const known = new Map(previous?.listFiles().map((row) => [row.file, row]));
  const read = await readFiles(realRoot, found.code, known, deps);
  deps.signal.throwIfAborted();
  const recalled = recallLinkedCode(realRoot, version);
  const isRecalled = (file: string) => recalled?.sha256ByFile.get(file) === known.get(file)?.sha256;
  const oldFacts = [...read.same].every(isRecalled)
    ? new Map<string, string>()
    : (previous?.readFacts() ?? new Map<string, string>());
  const removed = [...known.keys()].filter((file) => !read.same.has(file) && !read.rows.has(file));
  const reader =
    previous !== null && read.rows.size === 0 && removed.length === 0
      ? previous
      : await publish(
          generations,
          previous,
          { rows: [...read.rows.values()], removed, version },
          deps.signal,
        );
  const rows = [...[...read.same].flatMap((file) => known.get(file) ?? []), ...read.rows.values()];
  const manifests = await readTexts(realRoot, found.manifests);
  const textOf = (file: string) => read.rows.get(file)?.facts ?? oldFacts.get(file) ?? '';
  const linked = link(rows, manifests, recalled, textOf);
  keepLinkedCode(realRoot, version, linked);
  const { facts, resolver, routes } = linked;
  const files = rows.map(toFile).sort((a, b) => (a.file < b.file ? -1 : 1));
  const skipped = [...found.skipped, ...read.skipped];
  const tookMs = deps.clock.now() - startedMs;
  return new WorkspaceIndex({
    root: realRoot,
    summary: summarise(files, facts, routes, skipped, tookMs, read.rows.size),
    files,
    routes,
    resolver,
    manifests,
    search: (query, options) => searchChunks(reader, query, options),
    close: () => reader.close(),
  });
}

function link(
  rows: readonly Omit<FileRow, 'facts'>[],
  manifests: ReadonlyMap<string, string>,
  recalled: LinkedCode | null,
  textOf: (file: string) => string,
): LinkedCode {
  const sha256ByFile = new Map(rows.map(({ file, sha256 }) => [file, sha256]));
  const fingerprint = fingerprintOf(sha256ByFile, manifests);
  if (recalled?.fingerprint === fingerprint) return recalled;
  const factsOf = (file: string) =>
    (recalled?.sha256ByFile.get(file) === sha256ByFile.get(file) ? recalled?.facts.get(file) : undefined) ??
    parseFacts(textOf(file));
  const facts = new Map([...sha256ByFile.keys()].sort().map((file) => [file, factsOf(file)]));
  const finder = createModuleFinder([...facts.keys()], readManifests(manifests));
  const resolver = new Resolver(new Program(facts, finder));
  return { fingerprint, sha256ByFile, facts, resolver, routes: findRoutes(resolver) };
}

async function openPublished(
  generations: GenerationFiles,
  version: string,
): Promise<GenerationReader | null> {
  const path = await generations.linkPublished();
  if (path === null) return null;
  const { GenerationReader: Reader } = await import('./store/generation-reader.ts');
  try {
    const reader = new Reader(path);
    if (reader.isCurrent(version)) return reader;
    reader.close();
  } catch {
    // What cannot be opened is built anew.
  }
  await generations.discard(path);
  return null;
}

async function publish(
  generations: GenerationFiles,
  previous: GenerationReader | null,
  { rows, removed, version }: { rows: readonly NewFileRow[]; removed: readonly string[]; version: string },
  signal: AbortSignal,
): Promise<GenerationReader> {
  const path = generations.privatePath();
  const thread = new IndexThread();
  const stop = () => void thread.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await thread.ask({ do: 'begin', path, base: previous?.path ?? null, removed, version });
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      await thread.ask({ do: 'add', rows: rows.slice(at, at + ROWS_AT_ONCE) });
    }
    await thread.ask({ do: 'finish' });
    const link = await generations.publish(path);
    const { GenerationReader: Reader } = await import('./store/generation-reader.ts');
    return new Reader(link);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    previous?.close();
    await thread.stop();
    await generations.discard(path);
  }
}

function parseFacts(json: string): FileFacts {
  // Written by our own reader of this version, which the generation's version says.
  const facts = JSON.parse(json) as Omit<FileFacts, 'calls'>;
  return { ...facts, calls: listCalls(facts) };
}

async function readTexts(root: string, files: readonly FoundFile[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { file } of files) {
    const text = await readFile(join(root, file), 'utf8').catch(() => null);
    if (text !== null) texts.set(file, text);
  }
  return texts;
}

function findRoutes(resolver: Resolver): readonly Route[] {
  const all = routeFinders.flatMap((finder) => [...finder.find(resolver)]);
  // Applications that tests put together answer no operation, unless there is nothing else.
  const real = all.filter(
    (route) => !TEST_FILE.test(route.handler.file) && !TEST_FILE.test(route.declaredAt.file),
  );
  const routes = real.length > 0 ? real : all;
  const distinct = new Map(
    routes.map((route) => [
      `${route.framework} ${route.method} ${route.path} ${route.handler.file}:${route.handler.startLine}`,
      route,
    ]),
  );
  // Of two routes with one path, the one that its framework asks first stays first.
  return [...distinct.values()].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function toFile({ file, language, sha256, lines, bytes }: Omit<FileRow, 'facts'>): IndexedFile {
  return { file, language, sha256, lines, bytes };
}

function summarise(
  files: readonly IndexedFile[],
  facts: ReadonlyMap<string, FileFacts>,
  routes: readonly Route[],
  skipped: readonly Notice[],
  tookMs: number,
  changedFiles: number,
): IndexSummary {
  const symbolsByLanguage: Record<string, number> = {};
  for (const { language, symbols } of facts.values()) {
    symbolsByLanguage[language] = (symbolsByLanguage[language] ?? 0) + symbols.length;
  }
  return {
    files: files.length,
    filesByLanguage: countBy(files, (file) => file.language),
    symbolsByLanguage,
    routesByFramework: countBy(routes, (route) => route.framework),
    lines: files.reduce((sum, file) => sum + file.lines, 0),
    skipped,
    tookMs,
    changedFiles,
  };
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[keyOf(item)] = (counts[keyOf(item)] ?? 0) + 1;
  return counts;
}
