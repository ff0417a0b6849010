/** The thread in which all proxies of a process run, so that a busy main thread does not bend what they measure. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { AppError, toAppError } from '../errors.ts';
import { FaultProxy } from './fault-proxy.ts';
import { createTimeline } from './timeline.ts';
import type {
  PlainError,
  WorkerAnswer,
  WorkerQuestion,
  WorkerReply,
  WorkerRequest,
} from './worker-protocol.ts';

const proxies = new Map<number, FaultProxy>();
const timeline = createTimeline(systemClock);

parentPort?.on('message', async ({ call, question }: WorkerRequest) => {
  const answer = await respond(question).catch((error: unknown): WorkerAnswer => {
    return { is: 'error', error: toPlain(toAppError(error)) };
  });
  const reply: WorkerReply = { call, answer };
  parentPort?.postMessage(reply);
});

async function respond(question: WorkerQuestion): Promise<WorkerAnswer> {
  if (question.ask === 'open') {
    const proxy = new FaultProxy(question.spec, question.program, timeline);
    const port = await proxy.open(question.spec.listenPort);
    proxies.set(question.proxy, proxy);
    return { is: 'opened', port };
  }
  const proxy = proxies.get(question.proxy);
  if (proxy === undefined) throw new AppError('NOT_FOUND', 'This proxy is closed.');
  switch (question.ask) {
    case 'set_program':
      proxy.setProgram(question.program);
      return { is: 'done' };
    case 'take':
      return { is: 'taken', taken: await proxy.take(question.unfinished) };
    case 'traffic':
      return { is: 'traffic', traffic: proxy.traffic() };
    case 'close':
      proxies.delete(question.proxy);
      return { is: 'traffic', traffic: await proxy.close() };
  }
}

function toPlain({ code, message, hint, details }: AppError): PlainError {
  // What cannot be copied to the other thread must not keep the error from arriving.
  return { code, message, hint, details: JSON.parse(JSON.stringify(details)) };
}
