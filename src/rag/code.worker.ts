/** The thread that indexes and links code and answers for it, so that the thread of the protocol never waits. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { createRandom, drawSeed } from '../random.ts';
import type { CodeIndex } from './code-index.ts';
import type { AskedQuestion, CodeReply, CodeRequest, SentError } from './code-messages.ts';
import { type IndexDeps, indexWorkspace } from './index-workspace.ts';
import type { MeaningEndpoints } from './meaning/endpoints.ts';
import { Meaning } from './meaning/meaning.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

interface OpenIndex {
  readonly code: WorkspaceIndex;
  readonly stateFolder: string;
}

type Served = Extract<CodeRequest, { readonly do: 'open' | 'ask' | 'embed' | 'find' }>;

const indexes = new Map<number, OpenIndex>();
const aborts = new Map<number, AbortController>();
const meanings = new Map<string, Meaning>();
const random = createRandom(drawSeed());
let lastIndex = 0;

parentPort?.on('message', (request: CodeRequest) => {
  if (request.do === 'abort') aborts.get(request.id)?.abort();
  else if (request.do === 'close') {
    indexes.get(request.index)?.code.close();
    indexes.delete(request.index);
  } else void serve(request);
});

async function serve(request: Served): Promise<void> {
  const { id } = request;
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    reply(await work(request, abort.signal));
  } catch (error) {
    reply({ id, is: 'error', error: toSentError(error) });
  } finally {
    aborts.delete(id);
  }
}

async function work(request: Served, signal: AbortSignal): Promise<CodeReply> {
  const { id } = request;
  const onProgress = (done: number, total: number) => reply({ id, is: 'progress', done, total });
  if (request.do === 'open') return open(request, { signal, onProgress });
  const opened = indexes.get(request.index);
  if (opened === undefined) throw new AppError('INTERNAL', 'The index was closed.', { retryable: true });
  const { code } = opened;
  if (request.do === 'ask') return { id, is: 'answer', answer: answer(code, request.asked) };
  const deps = { clock: systemClock, random, signal, onProgress };
  const meaning = meaningOf(opened, request.endpoints);
  if (request.do === 'embed') return { id, is: 'embedded', summary: await meaning.embed(code.reader, deps) };
  return { id, is: 'found', page: await meaning.find(code.reader, request.query, request.options, deps) };
}

async function open(
  { id, root, stateFolder }: Extract<CodeRequest, { readonly do: 'open' }>,
  deps: Pick<IndexDeps, 'signal' | 'onProgress'>,
): Promise<CodeReply> {
  const code = await indexWorkspace(root, { ...deps, stateFolder, clock: systemClock });
  const index = ++lastIndex;
  indexes.set(index, { code, stateFolder });
  const { summary, files, routes, manifests } = code;
  return { id, is: 'opened', opened: { index, root: code.root, summary, files, routes, manifests } };
}

/** Keeps the vectors of a workspace in memory between searches. */
function meaningOf({ code, stateFolder }: OpenIndex, endpoints: MeaningEndpoints): Meaning {
  const key = JSON.stringify([code.root, stateFolder, endpoints]);
  let meaning = meanings.get(key);
  if (meaning === undefined) {
    // One is in use at a time; the vectors of another would only take room.
    meanings.clear();
    meaning = new Meaning(code.root, stateFolder, endpoints);
    meanings.set(key, meaning);
  }
  return meaning;
}

function answer(index: CodeIndex, asked: AskedQuestion): unknown {
  switch (asked.question) {
    case 'listSymbols':
      return index.listSymbols(...asked.args);
    case 'search':
      return index.search(...asked.args);
    case 'findHandlers':
      return index.findHandlers(...asked.args);
    case 'findCallees':
      return index.findCallees(...asked.args);
    case 'findReachingRoutes':
      return index.findReachingRoutes(...asked.args);
    case 'findUses':
      return index.findUses(...asked.args);
    case 'listClients':
      return index.listClients(...asked.args);
    case 'enclosingSymbol':
      return index.enclosingSymbol(...asked.args);
  }
}

function reply(message: CodeReply): void {
  parentPort?.postMessage(message);
}

function toSentError(error: unknown): SentError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return error instanceof AppError
    ? { code: error.code, name, message, hint: error.hint, retryable: error.retryable }
    : { code: null, name, message, hint: null, retryable: false };
}
