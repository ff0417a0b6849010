import type { Random } from '../src/random.ts';
import type { AnyClient } from '../test/helpers/any-client.ts';

export interface SoakPlace {
  /** The service under test. */
  readonly target: string;
  /** What proxies stand before: a run goes through those before its own target, whoever opened and closes them. */
  readonly dependency: string;
  /** Names what the client opens, so that no other closes it. */
  readonly name: string;
}

/** One kind of call; throws when the answer is not what it has to be. */
type Deed = (client: AnyClient, place: SoakPlace) => Promise<void>;

const shortRun = (target: string) => `
title: A slow call and a little load
items:
- call: { method: GET, url: ${target}/ }
  context: { faults: [ { type: latency, mean: 30 } ] }
  expect: { status: 200 }
- call: { method: GET, url: ${target}/ }
  context:
    faults: [ { type: latency, mean: 5 } ]
    strategy: { mode: load, duration: 500ms, clients: 1, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;
const longRun = (target: string) => `
title: A load that is cancelled
items:
- call: { method: GET, url: ${target}/ }
  context:
    faults: [ { type: latency, mean: 20 } ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`;

async function demand(
  client: AnyClient,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  expected: RegExp,
): Promise<string> {
  const { text } = await client.call(tool, args);
  if (!expected.test(text)) throw new Error(`${tool} answered ${JSON.stringify(text.slice(0, 400))}`);
  return text;
}

const idIn = (text: string) => /run_[0-9a-f]{16}/.exec(text)?.[0] ?? '';

/** What the clients do, by name. */
export const DEEDS: Readonly<Record<string, Deed>> = {
  'list the tools': async (client) => void (await client.listTools()),
  generate: async (client, { target }) =>
    void (await demand(
      client,
      'scenario_generate',
      { spec: 'openapi.json', base_url: target },
      /scenarios for 1 operation /,
    )),
  'run and report': async (client, { target }) => {
    const text = await demand(client, 'scenario_run', { yaml: shortRun(target) }, /finished: 2 items/);
    await demand(client, 'run_report', { run_id: idIn(text), view: 'full' }, /A slow call/);
  },
  'start and cancel': async (client, { target }) => {
    const begun = await demand(
      client,
      'scenario_run',
      { yaml: longRun(target), wait_seconds: 0 },
      /is still running/,
    );
    await demand(client, 'run_cancel', { run_id: idIn(begun) }, /cancelled/);
  },
  'wait, then go away': async (client, { target }) => {
    const stop = new AbortController();
    const waiting = client.call(
      'scenario_run',
      { yaml: shortRun(target) },
      { signal: stop.signal, onProgress: () => stop.abort() },
    );
    setTimeout(() => stop.abort(), 200).unref();
    await waiting.catch(() => undefined);
  },
  'open, use and close a proxy': async (client, { dependency, name }) => {
    const opened = await demand(client, 'proxy_open', { upstream: dependency, name }, /listening on/);
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(opened)?.[1];
    for (let request = 0; request < 5; request += 1) await (await fetch(`http://${address}/`)).text();
    await demand(client, 'proxy_list', {}, new RegExp(name));
    await demand(client, 'proxy_close', { name }, /closed after/);
  },
  'search the code': async (client) => {
    await demand(client, 'code_index', {}, /./);
    await demand(client, 'code_search', { query: 'fetch' }, /app\.js/);
  },
  'review the code': async (client) => void (await demand(client, 'review_code', {}, /app\.js/)),
  'slip up': async (client) => {
    await client.call('scenario_rnu').catch(() => undefined);
    await demand(client, 'run_report', { run_id: 'run_0000000000000000' }, /NOT_FOUND/);
    await demand(client, 'fault_probe', { url: 7 }, /BAD_INPUT/);
  },
};

export interface Called {
  readonly calls: number;
  /** What was answered wrongly. */
  readonly mistakes: readonly string[];
}

/** Does one deed after another until `untilMs` (of performance.now()), drawn from `random`. */
export async function keepCalling(
  client: AnyClient,
  place: SoakPlace,
  random: Random,
  untilMs: number,
): Promise<Called> {
  const deeds = Object.entries(DEEDS);
  const mistakes: string[] = [];
  let calls = 0;
  while (performance.now() < untilMs) {
    const [name, deed] = deeds[Math.floor(random.next() * deeds.length)] ?? ['', async () => undefined];
    await deed(client, place).catch((error: unknown) => mistakes.push(`${name}: ${String(error)}`));
    calls += 1;
  }
  return { calls, mistakes };
}
