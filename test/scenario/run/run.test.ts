import { afterEach, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { runScenarios } from '../../../src/scenario/run/run.ts';
import { ERRORS_UNDER_1, LOAD, makeItem } from '../fixtures.ts';
import { makeDeps, makeRequest, makeScenario, startTarget, type Target } from '../target.ts';

const targets: Target[] = [];
afterEach(async () => {
  await Promise.all(targets.splice(0).map((target) => target.close()));
});
async function target(...args: Parameters<typeof startTarget>): Promise<Target> {
  const started = await startTarget(...args);
  targets.push(started);
  return started;
}

test('a single call is sent once after its pre-flight call and passes', async () => {
  const { origin, requests } = await target();
  const item = makeItem({ url: `${origin}/orders`, expect: { statuses: [200] } });
  const deps = makeDeps();
  const { run, results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  expect(run.state).toBe('finished');
  expect(results).toMatchObject([{ verdict: { value: 'pass' }, requests: 1, outcomes: { '200': 1 } }]);
  expect(results[0]!.durationMs).toBeGreaterThan(0);
  expect(requests).toHaveLength(2);
  expect(deps.sink.samples.map((sample) => sample.phase)).toEqual(['preflight', 'faulted']);
});

test('a POST without a unique body is sent exactly once', async () => {
  const { origin, requests } = await target();
  const item = makeItem({ method: 'POST', body: '{}', url: `${origin}/orders`, expect: { statuses: [200] } });
  await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(requests.map((request) => request.method)).toEqual(['POST']);
});

test('a target that answers 404 without any fault is inconclusive and not run', async () => {
  const { origin, requests } = await target((_request, response) => response.writeHead(404).end());
  const item = makeItem({ url: `${origin}/orders`, expect: { statuses: [200] } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: 'answers 404 without any fault' }],
  });
  expect(requests).toHaveLength(1);
});

test('a target that wants credentials says where they are named', async () => {
  const { origin } = await target((_request, response) => response.writeHead(401).end());
  const item = makeItem({ url: `${origin}/orders`, expect: { statuses: [200] } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.verdict.reasons[0]!.remedy).toBe(
    'It wants credentials: name their variables under auth in breakwater.yaml, or give headers; or add 401 to expect.statuses.',
  );
});

test('a target that is not there is inconclusive, and the run ends', async () => {
  const gone = await startTarget();
  await gone.close();
  const item = makeItem({ url: `${gone.origin}/`, expect: { statuses: [200] } });
  const { run, results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(run.state).toBe('finished');
  expect(results[0]!.verdict.reasons[0]!.message).toContain('connection refused');
});

test('a POST to a target that is not there accuses nobody either, unless the item forbids to look', async () => {
  const gone = await startTarget();
  await gone.close();
  const item = makeItem({ method: 'POST', body: '{}', url: `${gone.origin}/`, expect: { statuses: [201] } });
  const forbidden = { ...item, context: { ...item.context, preflight: false } };
  const { results } = await runScenarios(makeRequest([makeScenario([item, forbidden])]), makeDeps());
  expect(results[0]!.verdict).toMatchObject({
    value: 'inconclusive',
    reasons: [{ message: 'gives connection refused without any fault' }],
  });
  expect(results[1]!.verdict.value).toBe('fail');
});

test('nothing is sent when one target is not allowed', async () => {
  const { origin, requests } = await target();
  const items = [makeItem({ url: `${origin}/` }), makeItem({ url: 'http://example.com/' })];
  const checkTarget = async (url: string) => {
    if (url.includes('example.com')) throw new AppError('TARGET_NOT_ALLOWED', 'no');
  };
  await expect(
    runScenarios(makeRequest([makeScenario(items)]), makeDeps({ checkTarget })),
  ).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
  expect(requests).toHaveLength(0);
});

test('load sends its arrivals at times fixed beforehand, whatever the target does', async () => {
  const { origin } = await target((_request, response) => setTimeout(() => response.end('ok'), 300));
  const strategy = { ...LOAD, durationMs: 1_000, clients: 4, baseline: false };
  const item = makeItem({ url: `${origin}/`, strategy, slos: [ERRORS_UNDER_1] });
  const deps = makeDeps();
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  const faulted = deps.sink.samples.filter(({ phase }) => phase === 'faulted');
  expect(faulted).toHaveLength(40);
  const first = Math.min(...faulted.map(({ dueMs }) => dueMs));
  for (const sample of faulted) expect(sample.dueMs - first).toBeCloseTo(sample.sequence * 25, 6);
  expect(results[0]!.observed.p50Ms).toBeGreaterThanOrEqual(299);
  expect(results[0]!.verdict.value).toBe('pass');
});

test('the response time counts from when a request was due', async () => {
  const { origin } = await target();
  const item = makeItem({ url: `${origin}/`, strategy: { ...LOAD, durationMs: 500, baseline: false } });
  const deps = makeDeps();
  await runScenarios(makeRequest([makeScenario([item])]), deps);
  for (const sample of deps.sink.samples) {
    expect(sample.latencyMs).toBeGreaterThanOrEqual(sample.sentMs - sample.dueMs);
    expect(sample.sentMs).toBeGreaterThanOrEqual(sample.dueMs);
  }
});

test('a load of a safe method has a baseline without faults', async () => {
  const { origin } = await target();
  const item = makeItem({ url: `${origin}/`, strategy: { ...LOAD, durationMs: 500 } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.baseline.count).toBe(40);
  expect(results[0]!.requests).toBe(10);
});

test('values that setup captures fill the URL, and teardown is called at the end', async () => {
  const { origin, requests } = await target((request, response) => {
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ user: { id: 42 } }));
  });
  const call = {
    method: 'POST',
    url: `${origin}/users`,
    headers: {},
    body: '{"name":"{{uuid}}"}',
    timeoutMs: 1_000,
    operationId: null,
  } as const;
  const scenario = makeScenario(
    [makeItem({ url: `${origin}/users/{user_id}`, expect: { statuses: [200] } })],
    {
      headers: { 'X-Tenant': 'a' },
      setup: [{ ...call, capture: { user_id: '/user/id' } }],
      teardown: [{ ...call, method: 'DELETE', url: `${origin}/users/{user_id}`, body: null }],
    },
  );
  const { results } = await runScenarios(makeRequest([scenario]), makeDeps());
  expect(results[0]!.verdict.value).toBe('pass');
  expect(results[0]!.endpoint).toBe('GET /users/{user_id}');
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /users',
    'GET /users/42',
    'GET /users/42',
    'DELETE /users/42',
  ]);
  expect(requests.every(({ headers }) => headers['x-tenant'] === 'a')).toBe(true);
});

test('a setup call that fails makes the items inconclusive and says which', async () => {
  const { origin } = await target((_request, response) => response.writeHead(500).end());
  const call = {
    method: 'POST',
    url: `${origin}/users`,
    headers: {},
    body: null,
    timeoutMs: 1_000,
    operationId: null,
  } as const;
  const scenario = makeScenario([makeItem({ url: `${origin}/users/{id}` })], {
    setup: [{ ...call, capture: { id: '/id' } }],
  });
  const { results } = await runScenarios(makeRequest([scenario]), makeDeps());
  expect(results[0]!.verdict.reasons[0]!.message).toBe('the setup call POST /users answered 500');
});

test('base_url replaces the origin, and operations filter the items without changing their ids', async () => {
  const { origin, requests } = await target();
  const items = [
    makeItem({ url: 'http://127.0.0.1:1/a' }),
    makeItem({ url: 'http://127.0.0.1:1/b', expect: { statuses: [200] } }),
  ];
  const request = makeRequest([makeScenario(items)], { baseUrl: `${origin}/`, operations: ['get /b'] });
  const { results } = await runScenarios(request, makeDeps());
  expect(results).toMatchObject([{ itemId: 'item-2', endpoint: 'GET /b', verdict: { value: 'pass' } }]);
  expect(new Set(requests.map(({ url }) => url))).toEqual(new Set(['/b']));
});

test('base_url moves the setup at the origin of the items, and leaves what it asks elsewhere', async () => {
  const { origin, requests } = await target();
  const login = await target();
  const call = (url: string) => ({ ...makeItem({ method: 'POST', url }).call, capture: {} });
  const setup = [call('http://localhost:1/users'), call(`${login.origin}/token`)];
  const scenario = makeScenario([makeItem({ url: 'http://127.0.0.1:1/a', expect: { statuses: [200] } })], {
    setup,
    teardown: [call(`${login.origin}/logout`)],
  });
  const { run, results } = await runScenarios(makeRequest([scenario], { baseUrl: origin }), makeDeps());
  expect(results[0]!.verdict.value).toBe('pass');
  expect(requests[0]!.url).toBe('/users');
  expect(login.requests.map(({ url }) => url)).toEqual(['/token', '/logout']);
  expect(run.scenarios[0]!.config.setup.map(({ url }) => url)).toEqual([
    `${origin}/users`,
    `${login.origin}/token`,
  ]);
});

test('filters that leave no item are an error that lists the endpoints', async () => {
  const request = makeRequest([makeScenario([makeItem()])], { operations: ['GET /nope'] });
  await expect(runScenarios(request, makeDeps())).rejects.toMatchObject({
    code: 'NOT_FOUND',
    hint: expect.stringContaining('GET /orders'),
  });
});

test('a cancelled run ends within a second and keeps what was measured', async () => {
  const { origin } = await target((request, response) => {
    if (request.url === '/hang') return;
    response.end('ok');
  });
  const stop = new AbortController();
  const items = [
    makeItem({ url: `${origin}/`, expect: { statuses: [200] } }),
    makeItem({ url: `${origin}/`, strategy: { ...LOAD, durationMs: 30_000 } }),
    makeItem({ url: `${origin}/` }),
  ];
  const deps = makeDeps({
    signal: stop.signal,
    onProgress: ({ doneItems, message }) => {
      if (doneItems >= 1 && message.includes('requests failed')) stop.abort();
    },
  });
  let abortedAt = 0;
  stop.signal.addEventListener('abort', () => {
    abortedAt = performance.now();
  });
  const { run, results } = await runScenarios(makeRequest([makeScenario(items)]), deps);
  expect(performance.now() - abortedAt).toBeLessThan(3_000);
  expect(run.state).toBe('cancelled');
  expect(results.map(({ verdict }) => verdict.value)).toEqual(['pass', 'inconclusive', 'inconclusive']);
  expect(deps.sink.samples.length).toBeGreaterThan(5);
});

test('a target that never answers is a time-out of the given length', async () => {
  const { origin } = await target((request, response) => {
    if (request.headers['x-preflight'] === undefined) return;
    response.end();
  });
  const item = makeItem({
    url: `${origin}/`,
    timeoutMs: 200,
    expect: { statuses: [200] },
    context: { preflight: false },
  });
  const deps = makeDeps();
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), deps);
  expect(results[0]).toMatchObject({
    verdict: { value: 'fail', reasons: [{ cause: 'target' }] },
    outcomes: { timeout: 1 },
  });
  expect(deps.sink.samples[0]!.latencyMs).toBeGreaterThanOrEqual(199);
  expect(deps.sink.samples[0]!.latencyMs).toBeLessThan(5_000);
});

test.each([
  [
    'resets',
    'reset',
    (_request: unknown, response: { socket: { resetAndDestroy(): void } | null }) =>
      response.socket?.resetAndDestroy(),
  ],
  [
    'closes without an answer',
    'reset',
    (_request: unknown, response: { socket: { destroy(): void } | null }) => response.socket?.destroy(),
  ],
  [
    'answers garbage',
    'protocol',
    (_request: unknown, response: { socket: { end(text: string): void } | null }) =>
      response.socket?.end('garbage\r\n\r\n'),
  ],
] as const)('a target that %s is the outcome %s', async (_name, outcome, answer) => {
  const { origin } = await target(answer as never);
  const item = makeItem({ url: `${origin}/`, expect: { statuses: [200] }, context: { preflight: false } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.outcomes).toEqual({ [outcome]: 1 });
});

test('an answer that ends early is not taken for an answer', async () => {
  const { origin } = await target((_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('start');
    setTimeout(() => response.socket?.destroy(), 20);
  });
  const item = makeItem({ url: `${origin}/`, expect: { statuses: [200] }, context: { preflight: false } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]).toMatchObject({ outcomes: { reset: 1 }, verdict: { value: 'fail' } });
});

test('a redirect is an answer, and is not followed', async () => {
  const { origin, requests } = await target((_request, response) =>
    response.writeHead(302, { location: '/else' }).end(),
  );
  const item = makeItem({ url: `${origin}/`, expect: { statuses: [302] } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.verdict.value).toBe('pass');
  expect(requests.every(({ url }) => url === '/')).toBe(true);
});

test('repeat makes its calls one after another, the baseline call first', async () => {
  const { origin } = await target();
  const strategy = {
    mode: 'repeat',
    step: 100,
    stepField: 'mean',
    count: 4,
    waitMs: 10,
    failFast: false,
    addBaselineCall: true,
  } as const;
  const deps = makeDeps();
  await runScenarios(makeRequest([makeScenario([makeItem({ url: `${origin}/`, strategy })])]), deps);
  expect(deps.sink.samples.map(({ phase, step, sequence }) => `${phase} ${step} ${sequence}`)).toEqual([
    'preflight 0 0',
    'baseline 0 0',
    'faulted 0 0',
    'faulted 1 1',
    'faulted 2 2',
    'faulted 3 3',
  ]);
});

test('failfast ends at the first call that does not meet the expectation', async () => {
  let calls = 0;
  const { origin } = await target((_request, response) => {
    calls += 1;
    response.writeHead(calls >= 3 ? 404 : 200).end();
  });
  const strategy = {
    mode: 'repeat',
    step: 0,
    stepField: 'mean',
    count: 10,
    waitMs: 0,
    failFast: true,
    addBaselineCall: false,
  } as const;
  const item = makeItem({ url: `${origin}/`, strategy, expect: { statuses: [200] } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]).toMatchObject({ verdict: { value: 'fail' }, requests: 2 });
});

test('runs_on is not supported yet, and is never run here in disguise', async () => {
  const { origin, requests } = await target();
  const item = makeItem({ url: `${origin}/`, context: { runsOn: { platform: 'kubernetes' } } });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]!.verdict.reasons[0]!.message).toContain('not supported yet');
  expect(requests).toHaveLength(0);
});

test('the same seed gives the same bodies, another seed does not', async () => {
  const bodies: string[] = [];
  const { origin } = await target((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      bodies.push(text);
      response.end();
    });
  });
  const item = makeItem({ method: 'POST', url: `${origin}/`, body: '{{uuid}} {{seq}}' });
  for (const seed of [7, 7, 8]) await runScenarios(makeRequest([makeScenario([item])], { seed }), makeDeps());
  expect(bodies.slice(0, 2)).toEqual(bodies.slice(2, 4));
  expect(bodies.slice(0, 2)).not.toEqual(bodies.slice(4, 6));
  expect(bodies[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \d+$/);
  expect(bodies[0]).not.toBe(bodies[1]);
});

test('a target that does not speak TLS is the outcome tls, a name that does not resolve dns', async () => {
  const { port } = await target();
  const urls = [`https://127.0.0.1:${port}/`, 'http://nowhere.invalid/'];
  const items = urls.map((url) =>
    makeItem({ url, expect: { statuses: [200] }, context: { preflight: false } }),
  );
  const { results } = await runScenarios(makeRequest([makeScenario(items)]), makeDeps());
  expect(results.map(({ outcomes }) => outcomes)).toEqual([{ tls: 1 }, { dns: 1 }]);
});

test('nothing is sent when the run cannot be stored', async () => {
  const { origin, requests } = await target();
  const deps = makeDeps();
  const saveRun = () => Promise.reject(new AppError('STORAGE_FAILED', 'no space'));
  const request = makeRequest([makeScenario([makeItem({ url: `${origin}/` })])]);
  await expect(runScenarios(request, { ...deps, sink: { ...deps.sink, saveRun } })).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  });
  expect(requests).toHaveLength(0);
});

test('a disk that fills up in mid-run ends it with that error, and marks it failed', async () => {
  const { origin } = await target();
  const deps = makeDeps();
  const saveResults = () => Promise.reject(new AppError('STORAGE_FAILED', 'no space'));
  const request = makeRequest([makeScenario([makeItem({ url: `${origin}/` })])]);
  await expect(runScenarios(request, { ...deps, sink: { ...deps.sink, saveResults } })).rejects.toMatchObject(
    {
      code: 'STORAGE_FAILED',
    },
  );
  expect(deps.sink.runs.map(({ state }) => state)).toEqual(['running', 'failed']);
});

test('a flood without an end is read up to the limit and no further', async () => {
  const { origin } = await target((_request, response) => {
    const chunk = Buffer.alloc(256 * 1024);
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', pour);
    pour();
  });
  const item = makeItem({
    url: `${origin}/`,
    timeoutMs: 10_000,
    expect: { statuses: [200] },
    context: { preflight: false },
  });
  const deps = makeDeps();
  await runScenarios(makeRequest([makeScenario([item])]), deps);
  expect(deps.sink.samples[0]!.bytes).toBeGreaterThan(10_000_000);
  expect(deps.sink.samples[0]!.bytes).toBeLessThan(12_000_000);
});

test('a target that dies in mid-load is a result: refused from then on, and the target’s own failure', async () => {
  let answered = 0;
  const dying = await target((_request, response) => {
    answered += 1;
    response.end('ok');
    if (answered < 15) return;
    dying.server.close();
    dying.server.closeAllConnections();
  });
  const strategy = { ...LOAD, durationMs: 1_500, baseline: false };
  const item = makeItem({ url: `${dying.origin}/`, strategy, slos: [ERRORS_UNDER_1] });
  const { run, results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(run.state).toBe('finished');
  expect(results[0]).toMatchObject({
    requests: 30,
    verdict: { value: 'fail', reasons: [{ cause: 'target' }] },
  });
  expect(results[0]!.outcomes.refused).toBeGreaterThanOrEqual(10);
});

test('a target that hangs in mid-load is a result: time-outs, and the run ends', async () => {
  let asked = 0;
  const { origin } = await target((_request, response) => {
    asked += 1;
    if (asked <= 11) response.end('ok');
  });
  const strategy = { ...LOAD, durationMs: 1_000, baseline: false };
  const item = makeItem({ url: `${origin}/`, timeoutMs: 300, strategy, slos: [ERRORS_UNDER_1] });
  const { results } = await runScenarios(makeRequest([makeScenario([item])]), makeDeps());
  expect(results[0]).toMatchObject({
    outcomes: { '200': 10, timeout: 10 },
    verdict: { value: 'fail', reasons: [{ cause: 'target' }] },
  });
});
