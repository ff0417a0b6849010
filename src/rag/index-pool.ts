import { availableParallelism } from 'node:os';
import { IndexThread } from './index-thread.ts';

/** Each loads its grammars anew, at some 100 MB. */
const MAX_THREADS = 8;
/** Starting a thread costs more than reading a changed file, so they stay for the next call. */
const IDLE_MS = 60_000;

/** A place for one thread, which is started when it is needed. */
export class ThreadSlot {
  #thread: IndexThread | null = null;

  take(): IndexThread {
    if (this.#thread === null || this.#thread.isDead) this.#thread = new IndexThread();
    return this.#thread;
  }

  /** Ends `thread`; the next `take` starts another. */
  async discard(thread: IndexThread): Promise<void> {
    if (this.#thread === thread) this.#thread = null;
    await thread.stop();
  }

  async stop(): Promise<void> {
    if (this.#thread !== null) await this.discard(this.#thread);
  }
}

const slots: readonly ThreadSlot[] = Array.from(
  { length: Math.min(availableParallelism(), MAX_THREADS) },
  () => new ThreadSlot(),
);
let users = 0;
let idle: NodeJS.Timeout | null = null;

/** Gives `work` the threads of this process; they end when nobody has used them for a minute. */
export async function withIndexThreads<T>(work: (slots: readonly ThreadSlot[]) => Promise<T>): Promise<T> {
  users++;
  if (idle !== null) clearTimeout(idle);
  try {
    return await work(slots);
  } finally {
    users--;
    if (users === 0) idle = setTimeout(() => void stopIndexThreads(), IDLE_MS).unref();
  }
}

/** Ends all threads; the next use starts them anew. */
export async function stopIndexThreads(): Promise<void> {
  await Promise.all(slots.map((slot) => slot.stop()));
}
