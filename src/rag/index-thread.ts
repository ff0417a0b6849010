import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../bundle.ts';
import { AppError } from '../errors.ts';
import type { FileRead, IndexRequest } from './index-messages.ts';

/** Names what reads the facts: facts that another build has read are read anew. */
export async function readFactsVersion(): Promise<string> {
  version ??= hashWorker();
  return version;
}

let version: Promise<string> | null = null;

async function hashWorker(): Promise<string> {
  // The worker names its chunks by their content, so that it changes with everything that it uses.
  const code = await readFile(workerUrl('index'));
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}

interface Pending {
  readonly resolve: (files: readonly FileRead[]) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread that reads files, in the order asked. A thread that dies rejects what it was asked; ask a new one. */
export class IndexThread {
  readonly #worker: Worker;
  readonly #pending: Pending[] = [];
  #death: Error | null = null;

  constructor() {
    this.#worker = new Worker(workerUrl('index'), { name: 'breakwater-index' });
    this.#worker.on('message', (reads: readonly FileRead[]) => this.#settle(reads));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#die(new Error('the thread ended')));
    this.#worker.unref();
  }

  get isDead(): boolean {
    return this.#death !== null;
  }

  /** @throws AppError INTERNAL when the thread died. */
  ask(request: IndexRequest): Promise<readonly FileRead[]> {
    return new Promise((resolve, reject) => {
      if (this.#death !== null) {
        reject(diedOf(this.#death));
        return;
      }
      this.#pending.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    this.#die(new Error('the thread was stopped'));
    await this.#worker.terminate();
  }

  #settle(reads: readonly FileRead[]): void {
    this.#pending.shift()?.resolve(reads);
    // An idle thread keeps no process alive.
    if (this.#pending.length === 0) this.#worker.unref();
  }

  #die(error: Error): void {
    this.#death ??= error;
    for (const { reject } of this.#pending.splice(0)) reject(diedOf(this.#death));
  }
}

function diedOf(cause: Error): AppError {
  return new AppError('INTERNAL', 'The thread that reads code ended before it answered.', {
    retryable: true,
    cause,
  });
}
