import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { systemClock } from '../../src/clock.ts';
import type { RunProxy, RunProxyHost } from '../../src/scenario/run/proxies.ts';
import type { RunDeps, RunRequest, RunSink } from '../../src/scenario/run/run.ts';
import type { Item, Scenario, ScenarioConfig } from '../../src/types.ts';
import type { ItemResult, Run, Sample } from '../../src/types-run.ts';

export interface Target {
  readonly origin: string;
  readonly port: number;
  readonly server: Server;
  readonly requests: readonly IncomingMessage[];
  close(): Promise<void>;
}

/** Starts a service on a free port of loopback. */
export async function startTarget(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    response.end('ok'),
): Promise<Target> {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    server,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function makeScenario(
  items: readonly Item[],
  config: Partial<ScenarioConfig> = {},
  title = 'Slow',
): Scenario {
  return {
    title,
    description: null,
    config: { headers: {}, segments: {}, seed: null, setup: [], teardown: [], ...config },
    items,
  };
}

export function makeRequest(scenarios: readonly Scenario[], over: Partial<RunRequest> = {}): RunRequest {
  return {
    id: 'run_0000000000000001',
    scenarios,
    seed: 7,
    notices: [],
    baseUrl: null,
    headers: {},
    operations: [],
    titles: [],
    defaultSlos: [],
    parallel: 1,
    forwardPort: 0,
    ...over,
  };
}

export interface MemorySink extends RunSink {
  readonly runs: Run[];
  readonly samples: Sample[];
  readonly results: ItemResult[][];
}

export function memorySink(): MemorySink {
  const kept = { runs: [] as Run[], samples: [] as Sample[], results: [] as ItemResult[][] };
  return {
    ...kept,
    saveRun: async (run) => void kept.runs.push(run),
    appendSamples: async (samples) => void kept.samples.push(...samples),
    appendLedger: async () => undefined,
    saveResults: async (results) => void kept.results.push([...results]),
  };
}

/** No proxies at all: for items without faults. */
export const NO_PROXIES: RunProxyHost = {
  open: () => Promise.reject(new Error('no proxy was expected')),
};

export function makeDeps(over: Partial<RunDeps> = {}): RunDeps & { readonly sink: MemorySink } {
  return {
    clock: systemClock,
    proxies: NO_PROXIES,
    signal: new AbortController().signal,
    checkTarget: async () => undefined,
    openProxies: new Map<string, RunProxy>(),
    forward: null,
    onProgress: () => undefined,
    ...over,
    sink: memorySink(),
  };
}
