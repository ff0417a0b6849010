import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Notice } from '../types.ts';
import type { Route } from '../types-code.ts';
import { readRegularFile } from '../workspace-files.ts';
import type { IndexedFile, IndexSummary } from './code-index.ts';
import type { FileFacts } from './facts.ts';
import { readFactsVersion } from './index-thread.ts';
import { linkCode } from './link-code.ts';
import { keepLinkedCode, recallLinkedCode } from './linked-code.ts';
import { readFiles } from './read-files.ts';
import { GenerationBuild } from './store/generation-build.ts';
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

/**
 * Indexes the code below `root`. Files whose content is what it was are taken from the generation before; the new one
 * is published when it is whole, so that a killed indexing leaves the old one.
 *
 * @throws AppError STORAGE_FAILED when the index cannot be written.
 */
export async function indexWorkspace(root: string, deps: IndexDeps): Promise<WorkspaceIndex> {
  const startedMs = deps.clock.now();
  const realRoot = await realpath(root);
  const generations = new GenerationFiles(deps.stateFolder);
  await generations.prepare();
  const found = await walk(realRoot, deps.clock.date().getTime(), deps.signal);
  const version = await readFactsVersion();
  const previous = await openPublished(generations, version);
  const build = new GenerationBuild(generations, previous, version);
  try {
    return await indexFrom(previous, { realRoot, build, found, startedMs, version }, deps);
  } catch (error) {
    previous?.close();
    throw error;
  } finally {
    await build.discard();
  }
}

interface IndexJob {
  readonly realRoot: string;
  readonly build: GenerationBuild;
  readonly found: FoundFiles;
  readonly startedMs: number;
  readonly version: string;
}

async function indexFrom(
  previous: GenerationReader | null,
  { realRoot, build, found, startedMs, version }: IndexJob,
  deps: IndexDeps,
): Promise<WorkspaceIndex> {
  const known = new Map(previous?.listFiles().map((row) => [row.file, row]));
  const fresh = new Map<string, Omit<NewFileRow, 'chunks'>>();
  const onRows = async (rows: readonly NewFileRow[]) => {
    await asStorage(() => build.add(rows));
    for (const { chunks: _, ...row } of rows) fresh.set(row.file, row);
  };
  const read = await readFiles(realRoot, found.code, known, { ...deps, onRows });
  deps.signal.throwIfAborted();
  const recalled = recallLinkedCode(realRoot, version);
  const isRecalled = (file: string) => recalled?.sha256ByFile.get(file) === known.get(file)?.sha256;
  const oldFacts = [...read.same].every(isRecalled) ? null : previous?.readFacts();
  const removed = [...known.keys()].filter((file) => !read.same.has(file) && !fresh.has(file));
  const publishing = asStorage(async () => {
    await build.remove(removed);
    await build.restamp(read.restamped);
    return build.publish();
  });
  const rows = [...[...read.same].flatMap((file) => known.get(file) ?? []), ...fresh.values()];
  const manifestsRead = readTexts(realRoot, found.manifests);
  // The disk has its time while names are resolved.
  const [reader, { linked, manifests }] = await settleBoth(
    publishing,
    manifestsRead.then((manifests) => {
      const packedOf = (file: string) => fresh.get(file)?.facts ?? oldFacts?.get(file) ?? null;
      const sourceBytes = rows.reduce((sum, { bytes }) => sum + bytes, 0);
      const sha256ByFile = new Map(rows.map(({ file, sha256 }) => [file, sha256]));
      return { linked: linkCode(sha256ByFile, manifests, recalled, packedOf, sourceBytes), manifests };
    }),
  );
  keepLinkedCode(realRoot, version, linked);
  const { facts, resolver, routes } = linked;
  const files = rows.map(toFile).sort((a, b) => (a.file < b.file ? -1 : 1));
  const skipped = [...linked.unread, ...found.skipped, ...read.skipped];
  const tookMs = deps.clock.now() - startedMs;
  return new WorkspaceIndex({
    root: realRoot,
    summary: summarise(files, facts, routes, skipped, tookMs, fresh.size),
    files,
    routes,
    resolver,
    manifests,
    reader,
  });
}

/** Waits for both, and lets nothing open where one fails. */
async function settleBoth<R extends { close(): void }, T>(
  opening: Promise<R>,
  working: Promise<T>,
): Promise<readonly [R, T]> {
  const [opened, worked] = await Promise.allSettled([opening, working]);
  if (opened.status === 'rejected') throw opened.reason;
  if (worked.status === 'fulfilled') return [opened.value, worked.value];
  opened.value.close();
  throw worked.reason;
}

/** @throws AppError STORAGE_FAILED for what the file system or SQLite refuses. */
async function asStorage<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const seen = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('STORAGE_FAILED', 'The index could not be written.', {
      hint: 'Look for room and rights in .breakwater/index of the workspace; it may be deleted at any time.',
      details: { seen },
      cause,
    });
  }
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

async function readTexts(root: string, files: readonly FoundFile[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const { file } of files) {
    const text = await readRegularFile(join(root, file)).catch(() => null);
    if (text !== null) texts.set(file, text);
  }
  return texts;
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
