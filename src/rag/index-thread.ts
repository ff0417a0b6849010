import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../bundle.ts';
import { AppError } from '../errors.ts';
import type { FileRead, IndexReply, IndexRequest } from './index-messages.ts';

/** Names what reads the facts: facts that another build has read are read anew. */
export async function readFactsVersion(): Promise<string> {
  // The worker names its chunks by their content, so that it changes with everything that it uses.
  const code = await readFile(workerUrl('index'));
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}

/** One thread of the index. A thread that dies rejects what it was asked; ask a new one. */
export class IndexThread {
  readonly #worker: Worker;
  #pending: { resolve: (files: readonly FileRead[]) => void; reject: (error: unknown) => void } | null = null;
  #death: Error | null = null;

  constructor() {
    this.#worker = new Worker(workerUrl('index'), { name: 'breakwater-index' });
    this.#worker.on('message', (reply: IndexReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on('exit', () => this.#die(new Error('the thread ended')));
  }

  /** @throws AppError INTERNAL when the thread died, STORAGE_FAILED when it could not do what it was asked. */
  ask(request: IndexRequest): Promise<readonly FileRead[]> {
    return new Promise((resolve, reject) => {
      if (this.#death !== null) {
        reject(diedOf(this.#death));
        return;
      }
      this.#pending = { resolve, reject };
      this.#worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    this.#death ??= new Error('the thread was stopped');
    await this.#worker.terminate();
  }

  #settle(reply: IndexReply): void {
    const pending = this.#pending;
    this.#pending = null;
    if (reply.ok) pending?.resolve(reply.files);
    else {
      pending?.reject(
        new AppError('STORAGE_FAILED', 'The index could not be written.', { details: { seen: reply.error } }),
      );
    }
  }

  #die(error: Error): void {
    this.#death ??= error;
    const pending = this.#pending;
    this.#pending = null;
    pending?.reject(diedOf(error));
  }
}

function diedOf(cause: Error): AppError {
  return new AppError('INTERNAL', 'The thread that reads code ended before it answered.', {
    retryable: true,
    cause,
  });
}
