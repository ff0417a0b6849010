import { type Clock, sleep } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Notice } from '../types.ts';
import type { FileRead, FileToRead } from './index-messages.ts';
import { IndexThread } from './index-thread.ts';
import type { FileRow, NewFileRow } from './store/rows.ts';
import type { FoundFile } from './walk.ts';

/** What became of the files that were found. */
export interface ReadFiles {
  /** Files whose text is what it was. */
  readonly same: ReadonlySet<string>;
  readonly rows: ReadonlyMap<string, NewFileRow>;
  readonly skipped: readonly Notice[];
}

interface ReadDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

const BATCH = 24;
/** No honest file takes this long; a thread that does not answer is given up. */
const BATCH_LIMIT_MS = 60_000;

/** Reads files in a thread of its own; a file that ends the thread is left out, and the rest goes on. */
export async function readFiles(
  root: string,
  found: readonly FoundFile[],
  known: ReadonlyMap<string, Omit<FileRow, 'facts'>>,
  deps: ReadDeps,
): Promise<ReadFiles> {
  const same = new Set<string>();
  const rows = new Map<string, NewFileRow>();
  const reasons = new Map<string, string[]>();
  const toRead = found.flatMap((file): FileToRead[] => {
    const row = known.get(file.file);
    // An editor that keeps time and size of a changed file is not known.
    if (row !== undefined && row.modifiedMs === file.modifiedMs && row.bytes === file.bytes) {
      same.add(file.file);
      return [];
    }
    return [{ file: file.file, modifiedMs: file.modifiedMs, knownSha256: row?.sha256 ?? null }];
  });
  const take = (reads: readonly FileRead[]) => {
    for (const read of reads) {
      if (read.result === 'same') same.add(read.file);
      else if (read.result === 'read') rows.set(read.row.file, read.row);
      else reasons.set(read.reason, [...(reasons.get(read.reason) ?? []), read.file]);
    }
    deps.onProgress(same.size + rows.size, found.length);
  };
  await readInBatches(root, toRead, take, deps);
  const skipped = [...reasons].map(([message, files]) => ({
    where: files.length === 1 ? (files[0] ?? '') : `${files[0]} and ${files.length - 1} more`,
    message,
  }));
  return { same, rows, skipped };
}

async function readInBatches(
  root: string,
  files: readonly FileToRead[],
  take: (reads: readonly FileRead[]) => void,
  deps: ReadDeps,
): Promise<void> {
  const waiting: (readonly FileToRead[])[] = [];
  for (let at = 0; at < files.length; at += BATCH) waiting.push(files.slice(at, at + BATCH));
  let thread: IndexThread | null = null;
  try {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      deps.signal.throwIfAborted();
      thread ??= new IndexThread();
      const reads = await readBatch(thread, root, batch, deps);
      if (reads !== null) {
        take(reads);
        continue;
      }
      await thread.stop();
      thread = null;
      const [only] = batch;
      if (batch.length > 1) waiting.unshift(...batch.map((file) => [file]));
      else if (only !== undefined)
        take([{ result: 'skipped', file: only.file, reason: 'the parser gave up on it' }]);
    }
  } finally {
    await thread?.stop();
  }
}

/** `null`: the thread died or hangs. */
async function readBatch(
  thread: IndexThread,
  root: string,
  files: readonly FileToRead[],
  { clock, signal }: ReadDeps,
): Promise<readonly FileRead[] | null> {
  const answered = new AbortController();
  const limit = sleep(clock, BATCH_LIMIT_MS, AbortSignal.any([signal, answered.signal])).then(
    () => null,
    () => null,
  );
  try {
    const reads = await Promise.race([thread.ask({ do: 'read', root, files }), limit]);
    signal.throwIfAborted();
    return reads;
  } catch (error) {
    if (error instanceof AppError && error.code === 'INTERNAL') return null;
    throw error;
  } finally {
    answered.abort();
  }
}
