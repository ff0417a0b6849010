/** The thread that indexes and links code and answers for it, so that the thread of the protocol never waits. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { CodeIndex } from './code-index.ts';
import type { AskedQuestion, CodeReply, CodeRequest, SentError } from './code-messages.ts';
import { indexWorkspace } from './index-workspace.ts';
import type { WorkspaceIndex } from './workspace-index.ts';

const indexes = new Map<number, WorkspaceIndex>();
const aborts = new Map<number, AbortController>();
let lastIndex = 0;

parentPort?.on('message', (request: CodeRequest) => {
  if (request.do === 'abort') aborts.get(request.id)?.abort();
  else if (request.do === 'close') {
    indexes.get(request.index)?.close();
    indexes.delete(request.index);
  } else void serve(request);
});

async function serve(request: CodeRequest & { readonly id: number; readonly do: 'open' | 'ask' }) {
  const { id } = request;
  try {
    if (request.do === 'open') reply(await open(id, request.root, request.stateFolder));
    else {
      const index = indexes.get(request.index);
      if (index === undefined) throw new AppError('INTERNAL', 'The index was closed.', { retryable: true });
      reply({ id, is: 'answer', answer: answer(index, request.asked) });
    }
  } catch (error) {
    reply({ id, is: 'error', error: toSentError(error) });
  }
}

async function open(id: number, root: string, stateFolder: string): Promise<CodeReply> {
  const abort = new AbortController();
  aborts.set(id, abort);
  try {
    const onProgress = (done: number, total: number) => reply({ id, is: 'progress', done, total });
    const deps = { stateFolder, clock: systemClock, signal: abort.signal, onProgress };
    const opened = await indexWorkspace(root, deps);
    const index = ++lastIndex;
    indexes.set(index, opened);
    const { summary, files, routes, manifests } = opened;
    return { id, is: 'opened', opened: { index, root: opened.root, summary, files, routes, manifests } };
  } finally {
    aborts.delete(id);
  }
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
