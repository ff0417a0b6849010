import { Worker } from 'node:worker_threads';
import { workerUrl } from '../bundle.ts';
import { AppError } from '../errors.ts';
import type { SearchOptions } from './code-index.ts';
import type { AskedQuestion, CodeReply, CodeRequest, OpenedCode, SentError } from './code-messages.ts';
import type { MeaningEndpoints } from './meaning/endpoints.ts';
import type { EmbedSummary, FoundPage } from './meaning/meaning.ts';
import { sweepOwnFiles } from './store/generation-files.ts';

interface Pending {
  readonly resolve: (reply: CodeReply) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (done: number, total: number) => void;
}

/** The one thread of this process that holds linked code. It starts with the first request, and anew after a death. */
export class CodeThread {
  #worker: Worker | null = null;
  #lastId = 0;
  readonly #pending = new Map<number, Pending>();
  readonly #folders = new Set<string>();
  readonly #sweep = () => this.#folders.forEach(sweepOwnFiles);

  /**
   * Brings the index of `root` up to date and opens it.
   *
   * @throws what `indexWorkspace` throws; AppError INTERNAL when the thread died.
   */
  async open(
    root: string,
    stateFolder: string,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<OpenedCode> {
    if (this.#folders.size === 0) process.once('exit', this.#sweep);
    this.#folders.add(stateFolder);
    const id = ++this.#lastId;
    const reply = await this.#abortable({ id, do: 'open', root, stateFolder }, signal, onProgress);
    if (reply.is !== 'opened') throw unexpected(reply);
    if (signal.aborted) this.close(reply.opened.index);
    signal.throwIfAborted();
    return reply.opened;
  }

  /** Embeds what is new in an open index. @throws AppError EMBEDDINGS_FAILED, QDRANT_UNREACHABLE, INTERNAL */
  async embed(
    index: number,
    endpoints: MeaningEndpoints,
    signal: AbortSignal,
    onProgress: Pending['onProgress'],
  ): Promise<EmbedSummary> {
    const id = ++this.#lastId;
    const reply = await this.#abortable({ id, do: 'embed', index, endpoints }, signal, onProgress);
    if (reply.is !== 'embedded') throw unexpected(reply);
    return reply.summary;
  }

  /** Searches an open index by meaning too. @throws AppError INTERNAL when the thread died. */
  async find(
    index: number,
    query: string,
    options: SearchOptions,
    endpoints: MeaningEndpoints,
    signal: AbortSignal,
  ): Promise<FoundPage> {
    const id = ++this.#lastId;
    const request = { id, do: 'find', index, query, options, endpoints } as const;
    const reply = await this.#abortable(request, signal, () => undefined);
    if (reply.is !== 'found') throw unexpected(reply);
    return reply.page;
  }

  /** Asks an open index. @throws AppError INTERNAL when the thread died. */
  async ask(index: number, asked: AskedQuestion): Promise<unknown> {
    const reply = await this.#request({ id: ++this.#lastId, do: 'ask', index, asked }, () => undefined);
    if (reply.is !== 'answer') throw unexpected(reply);
    return reply.answer;
  }

  close(index: number): void {
    if (this.#worker !== null) this.#send({ do: 'close', index });
  }

  /** Ends the thread, and removes what it held on disk. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#failAll(new Error('the thread was stopped'));
    this.#sweep();
    this.#folders.clear();
    process.removeListener('exit', this.#sweep);
  }

  async #abortable(
    request: CodeRequest & { readonly id: number },
    signal: AbortSignal,
    onProgress: Pending['onProgress'],
  ): Promise<CodeReply> {
    signal.throwIfAborted();
    const abort = () => this.#send({ do: 'abort', id: request.id });
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await this.#request(request, onProgress);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #request(
    request: CodeRequest & { readonly id: number },
    onProgress: Pending['onProgress'],
  ): Promise<CodeReply> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject, onProgress });
      this.#send(request);
    });
  }

  #send(request: CodeRequest): void {
    this.#worker ??= this.#start();
    // A thread without work keeps no process alive.
    if (this.#pending.size > 0) this.#worker.ref();
    this.#worker.postMessage(request);
  }

  #start(): Worker {
    const worker = new Worker(workerUrl('code'), { name: 'breakwater-code' });
    worker.on('message', (reply: CodeReply) => this.#settle(reply));
    const die = (error: Error) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#failAll(error);
    };
    worker.on('error', (error) => die(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => die(new Error('the thread ended')));
    worker.unref();
    return worker;
  }

  #settle(reply: CodeReply): void {
    const pending = this.#pending.get(reply.id);
    if (reply.is === 'progress') {
      pending?.onProgress(reply.done, reply.total);
      return;
    }
    this.#pending.delete(reply.id);
    if (this.#pending.size === 0) this.#worker?.unref();
    if (reply.is === 'error') pending?.reject(fromSentError(reply.error));
    else pending?.resolve(reply);
  }

  #failAll(cause: Error): void {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of all) {
      reject(
        new AppError('INTERNAL', 'The thread that holds the code ended before it answered.', {
          hint: 'Try again. If it ends each time, the workspace may be too large: leave folders out by .gitignore.',
          retryable: true,
          cause,
        }),
      );
    }
  }
}

function unexpected(reply: CodeReply): Error {
  return new RangeError(`the thread of the code answered with ${reply.is}`);
}

/** An error of the same kind, where kinds are told apart. */
function fromSentError({ code, name, message, hint, retryable }: SentError): Error {
  if (code !== null) return new AppError(code, message, { ...(hint !== null && { hint }), retryable });
  if (name === 'RangeError') return new RangeError(message);
  return name === 'AbortError' ? new DOMException(message, name) : new Error(message);
}
