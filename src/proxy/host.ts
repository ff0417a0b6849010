import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { workerUrl } from '../bundle.ts';
import { AppError } from '../errors.ts';
import type { ProxySpec, ProxyTraffic } from '../types-proxy.ts';
import type { FaultProgram } from '../types-run.ts';
import type { TakenExchanges } from './fault-proxy.ts';
import type { WorkerAnswer, WorkerQuestion, WorkerReply, WorkerRequest } from './worker-protocol.ts';

/** All proxies of a process; they run in one worker thread, which starts with the first of them. */
export interface ProxyHost {
  /**
   * Opens a proxy on 127.0.0.1, and on ::1 where possible.
   *
   * @throws AppError PORT_IN_USE when the port is taken, SCENARIO_INVALID when a fault cannot be set to work.
   */
  open(spec: ProxySpec, program: FaultProgram): Promise<OpenProxy>;
  list(): readonly OpenProxy[];
  /** Ends all proxies and the worker; idempotent. */
  close(): Promise<void>;
}

export interface OpenProxy {
  readonly spec: ProxySpec;
  readonly host: string;
  readonly port: number;
  /** Resolves once every new chunk and exchange obeys the program. No byte of a live connection is lost. */
  setProgram(program: FaultProgram): Promise<void>;
  /**
   * Gives the exchanges that ended since the last take, in the order in which they ended; `dropped` counts what did
   * not fit into bounded memory. `unfinished` asks for those still under way too, each given once.
   */
  takeExchanges(options?: { readonly unfinished?: boolean }): Promise<TakenExchanges>;
  traffic(): Promise<ProxyTraffic>;
  /** Ends its connections and frees its port; idempotent. */
  close(): Promise<ProxyTraffic>;
}

const LOOPBACK = '127.0.0.1';
/**
 * Heap that a thread may fill before it is collected in full for the first time, in MB. What is read from sockets
 * counts towards it (64 MB of it before young garbage is collected): with the small limit of a young heap a bulk
 * transfer would have all of the heap collected every 30 ms. Much higher, V8 would never begin to watch for memory
 * to give back when thousands of connections have closed. Only threads that start later take the flag up.
 */
const FIRST_COLLECTION_MB = 48;
/**
 * V8 makes what used to live long at some place of the code among the old objects at once from then on. After
 * connections that are kept come those that live for milliseconds: they would be such old objects, and let everything
 * young that they lead to live until the heap is collected in full (3.5 MB copied in each collection, 0.2 without).
 */
const YOUNG_OBJECTS_ONLY = '--no-allocation-site-pretenuring';

/** No faults: bytes pass as they come. */
export function emptyProgram(seed = 0): FaultProgram {
  return { seed, itemKey: '', epochMs: 0, faults: [] };
}

/** Makes a host; its worker starts at the first `open`. */
export function createProxyHost(worker: URL = workerUrl('proxy')): ProxyHost {
  const open = new Map<number, OpenProxy>();
  let thread: WorkerThread | null = null;
  let opened = 0;
  let closing: Promise<void> | null = null;

  return {
    async open(spec, program) {
      if (closing !== null) throw new AppError('ABORTED', 'The proxies are closed and open no more.');
      thread ??= startThread(worker);
      const running = thread;
      const proxy = opened;
      opened += 1;
      const answer = await running.ask({ ask: 'open', proxy, spec, program });
      if (answer.is !== 'opened') throw mismatch(answer);
      const { port } = answer;
      const handle = handleOf(running, proxy, { ...spec, listenPort: port }, () => open.delete(proxy));
      open.set(proxy, handle);
      return handle;
    },
    list: () => [...open.values()],
    close() {
      closing ??= (async () => {
        await Promise.allSettled([...open.values()].map((proxy) => proxy.close()));
        await thread?.stop();
      })();
      return closing;
    },
  };
}

function handleOf(thread: WorkerThread, proxy: number, spec: ProxySpec, forget: () => void): OpenProxy {
  let closing: Promise<ProxyTraffic> | null = null;
  const askTraffic = async (ask: 'traffic' | 'close') => {
    const answer = await thread.ask({ ask, proxy });
    if (answer.is !== 'traffic') throw mismatch(answer);
    return answer.traffic;
  };
  return {
    spec,
    host: LOOPBACK,
    port: spec.listenPort,
    async setProgram(program) {
      const answer = await thread.ask({ ask: 'set_program', proxy, program });
      if (answer.is !== 'done') throw mismatch(answer);
    },
    async takeExchanges({ unfinished = false } = {}) {
      const answer = await thread.ask({ ask: 'take', proxy, unfinished });
      if (answer.is !== 'taken') throw mismatch(answer);
      return answer.taken;
    },
    traffic: () => askTraffic('traffic'),
    close() {
      closing ??= askTraffic('close').finally(forget);
      return closing;
    },
  };
}

interface WorkerThread {
  ask(question: WorkerQuestion): Promise<WorkerAnswer>;
  stop(): Promise<void>;
}

interface Waiting {
  resolve(answer: WorkerAnswer): void;
  reject(error: AppError): void;
}

function startThread(url: URL): WorkerThread {
  setFlagsFromString(`--initial-old-space-size=${FIRST_COLLECTION_MB}`);
  setFlagsFromString(YOUNG_OBJECTS_ONLY);
  const worker = new Worker(url, { name: 'breakwater-proxy', execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let calls = 0;
  let ended: AppError | null = null;
  // The thread keeps the process alive only while somebody waits for its answer.
  worker.unref();
  const end = (error: AppError) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on('message', ({ call, answer }: WorkerReply) => {
    const caller = waiting.get(call);
    waiting.delete(call);
    if (waiting.size === 0) worker.unref();
    if (answer.is !== 'error') caller?.resolve(answer);
    else {
      const { code, message, hint, details } = answer.error;
      caller?.reject(new AppError(code, message, { ...(hint === null ? {} : { hint }), details }));
    }
  });
  worker.on('error', (error: unknown) => end(crash(error)));
  worker.on('exit', () => end(new AppError('ABORTED', 'The proxies have been closed.')));
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        const request: WorkerRequest = { call: calls, question };
        calls += 1;
        waiting.set(request.call, { resolve, reject });
        worker.ref();
        worker.postMessage(request);
      });
    },
    async stop() {
      await worker.terminate();
    },
  };
}

function crash(error: unknown): AppError {
  return new AppError('INTERNAL', 'The thread of the proxies has crashed; all of them are gone.', {
    hint: 'Open them again; if it happens again, report what the details say.',
    details: { seen: error instanceof Error ? error.message : String(error) },
    cause: error,
  });
}

function mismatch(answer: WorkerAnswer): AppError {
  return new AppError('INTERNAL', `The thread of the proxies answered "${answer.is}" to another question.`);
}
