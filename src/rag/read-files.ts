import { type Clock, sleep } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Notice } from '../types.ts';
import type { FileRead, FileToRead } from './index-messages.ts';
import { type ThreadSlot, withIndexThreads } from './index-pool.ts';
import type { FileRow, NewFileRow } from './store/rows.ts';
import type { FoundFile } from './walk.ts';

/** What became of the files that were found. */
export interface ReadFiles {
  /** Files whose text is what it was, with those of another stamp. */
  readonly same: ReadonlySet<string>;
  readonly restamped: ReadonlyMap<string, string>;
  readonly skipped: readonly Notice[];
}

interface ReadDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  /** Told of files with a new text, in no order. */
  readonly onRows: (rows: readonly NewFileRow[]) => Promise<void>;
}

const BATCH = 24;
/** A thread finds its next batch waiting when it has answered one. */
const BATCHES_PER_THREAD = 2;
/** No honest file takes this long; a thread that does not answer is given up. */
const BATCH_LIMIT_MS = 60_000;

/** Reads files in threads of their own; a file that ends its thread is left out, and the rest goes on. */
export async function readFiles(
  root: string,
  found: readonly FoundFile[],
  known: ReadonlyMap<string, Omit<FileRow, 'facts'>>,
  deps: ReadDeps,
): Promise<ReadFiles> {
  const same = new Set<string>();
  const restamped = new Map<string, string>();
  const reasons = new Map<string, string[]>();
  const toRead = found.flatMap(({ file, stamp }): FileToRead[] => {
    const row = known.get(file);
    if (row !== undefined && stamp !== '' && row.stamp === stamp) {
      same.add(file);
      return [];
    }
    return [{ file, stamp, knownSha256: row?.sha256 ?? null }];
  });
  let done = same.size;
  const take = async (reads: readonly FileRead[]) => {
    const rows: NewFileRow[] = [];
    for (const read of reads) {
      if (read.result === 'read') rows.push(read.row);
      else if (read.result === 'skipped')
        reasons.set(read.reason, [...(reasons.get(read.reason) ?? []), read.file]);
      else {
        same.add(read.file);
        if (read.stamp !== '') restamped.set(read.file, read.stamp);
      }
    }
    await deps.onRows(rows);
    done += reads.length;
    deps.onProgress(done, found.length);
  };
  if (toRead.length > 0) await withIndexThreads((slots) => readInBatches(root, toRead, slots, take, deps));
  const skipped = [...reasons].map(([message, files]) => ({
    where: files.length === 1 ? (files[0] ?? '') : `${files.sort()[0]} and ${files.length - 1} more`,
    message,
  }));
  return { same, restamped, skipped };
}

async function readInBatches(
  root: string,
  files: readonly FileToRead[],
  slots: readonly ThreadSlot[],
  take: (reads: readonly FileRead[]) => Promise<void>,
  deps: ReadDeps,
): Promise<void> {
  const waiting: (readonly FileToRead[])[] = [];
  for (let at = 0; at < files.length; at += BATCH) waiting.push(files.slice(at, at + BATCH));
  const failed = new AbortController();
  const signal = AbortSignal.any([deps.signal, failed.signal]);
  const readAll = async (slot: ThreadSlot) => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      signal.throwIfAborted();
      const reads = await readBatch(slot, root, batch, deps.clock, signal);
      const [only] = batch;
      if (reads !== null) await take(reads);
      else if (batch.length > 1) waiting.unshift(...batch.map((file) => [file]));
      else if (only !== undefined)
        await take([{ result: 'skipped', file: only.file, reason: 'the parser gave up on it' }]);
    }
  };
  const lanes = Array.from({ length: BATCHES_PER_THREAD }, () => slots)
    .flat()
    .slice(0, waiting.length);
  const ends = await Promise.allSettled(
    lanes.map((slot) =>
      readAll(slot).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** `null`: the thread died or hangs. */
async function readBatch(
  slot: ThreadSlot,
  root: string,
  files: readonly FileToRead[],
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly FileRead[] | null> {
  const thread = slot.take();
  const answered = new AbortController();
  const limit = sleep(clock, BATCH_LIMIT_MS, AbortSignal.any([signal, answered.signal])).then(
    () => null,
    () => null,
  );
  try {
    const reads = await Promise.race([thread.ask({ root, files }), limit]);
    signal.throwIfAborted();
    if (reads === null) await slot.discard(thread);
    return reads;
  } catch (error) {
    if (error instanceof AppError && error.code === 'INTERNAL') return null;
    throw error;
  } finally {
    answered.abort();
  }
}
