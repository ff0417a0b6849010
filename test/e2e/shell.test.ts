import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { runShell, startShell, untilSamples } from '../helpers/shell.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const call = (url: string, status = 200, title = 'One') =>
  `title: ${title}\nitems:\n- call: { url: ${url}/ }\n  expect: { status: ${status} }\n`;

async function prepare(files: (url: string) => Readonly<Record<string, string>>) {
  const workspace = await makeTempFolder();
  const { url } = await startTarget((request, response) => {
    response.statusCode = request.url === '/missing/' ? 404 : 200;
    response.end('ok');
  });
  for (const [name, text] of Object.entries(files(url))) {
    await mkdir(join(workspace, name, '..'), { recursive: true });
    await writeFile(join(workspace, name), text);
  }
  return { workspace, url };
}

test('the exit status is 0 when all pass, 1 when one fails, 3 when nothing was proved', async () => {
  const { workspace } = await prepare((url) => ({
    'pass.yaml': call(url),
    // The pre-flight call answers 200, which is below 400; the call itself is expected to answer 204.
    'fail.yaml': call(url, 204),
    'open.yaml': call(`${url}/missing`),
  }));
  const statuses = [];
  for (const files of [['pass.yaml'], ['fail.yaml', 'open.yaml'], ['pass.yaml', 'open.yaml']])
    statuses.push((await runShell(workspace, ['run', ...files])).status);
  expect(statuses).toEqual([0, 1, 3]);
  // The report of a run has the run's own status.
  expect((await runShell(workspace, ['report'])).status).toBe(3);
});

test.each([
  [['run', 'absent.yaml'], 'NOT_FOUND', /no file "absent.yaml"/],
  [['run', 'broken.yaml'], 'SCENARIO_INVALID', /broken\.yaml:1:1/],
  [['run', 'pass.yaml', '--colour'], 'BAD_INPUT', /Unknown option '--colour'/],
  [['run', 'pass.yaml', '--parallel', 'many'], 'BAD_INPUT', /parallel/],
  [['rum'], 'BAD_INPUT', /Unknown command 'rum'/],
  [['report', 'run_00'], 'NOT_FOUND', /There is no run run_00/],
  [['probe', 'http://127.0.0.1:9/', '--faults', 'latency:mean'], 'BAD_INPUT', /faults\.0\.mean/],
] as const)(
  'bad input is exit status 2, in words and with --json as JSON: %j',
  async (args, code, message) => {
    const { workspace } = await prepare((url) => ({ 'pass.yaml': call(url), 'broken.yaml': 'titel: x\n' }));
    const words = await runShell(workspace, args);
    expect(words).toMatchObject({ status: 2, stdout: '' });
    expect(words.stderr).toMatch(new RegExp(message.source, 'i'));
    expect(words.stderr).not.toMatch(/^\s+at /m);
    const json = await runShell(workspace, [...args, '--json']);
    expect(json).toMatchObject({ status: 2, stderr: '' });
    expect(JSON.parse(json.stdout)).toEqual({
      error: {
        code,
        message: expect.stringMatching(message),
        hint: expect.toSatisfy((hint) => hint === null || typeof hint === 'string'),
        retryable: false,
        details: expect.any(Object),
      },
    });
  },
);

test('files, folders and patterns stand side by side, and none is left out or taken twice', async () => {
  const { workspace } = await prepare((url) => ({
    'a.yaml': call(url, 200, 'A'),
    'more/b.yaml': call(url, 200, 'B'),
    'more/deep/c.yml': call(url, 200, 'C'),
    'other/d.yaml': call(url, 200, 'D'),
    'other/e, f {1}.yaml': call(url, 200, 'E'),
    'other/notes.txt': 'no scenario',
  }));
  const titles = async (...files: string[]) => {
    const { stdout } = await runShell(workspace, ['run', ...files, '--dry-run']);
    return [...stdout.matchAll(/^\| ([A-E]) +\|/gm)].map((match) => match[1]).join('');
  };
  expect(await titles('a.yaml')).toBe('A');
  expect(await titles('more')).toBe('BC');
  expect(await titles('other/d*.yaml', 'a.yaml')).toBe('DA');
  expect(await titles('a.yaml', './more/', join(workspace, 'other'), 'more/b.yaml')).toBe('ABCDE');
  const { status, stderr } = await runShell(workspace, ['run', 'a.yaml', 'gone', '--dry-run']);
  expect(status).toBe(2);
  expect(stderr).toContain('no file "gone"');
});

test('Ctrl-C ends a run within a moment and keeps what was measured', async () => {
  const { workspace } = await prepare((url) => ({
    's.yaml': `title: Long
items:
- call: { url: ${url}/ }
  context:
    upstreams: [ ${url} ]
    strategy: { mode: load, duration: 60s, clients: 2, rps: 20, baseline: false }
    slo: [ { slo_type: error, objective: 99, threshold: 1 } ]
`,
  }));
  const { child, ended } = startShell(workspace, ['run', 's.yaml']);
  const id = await untilSamples(workspace, 20);
  child.kill('SIGINT');
  const { status, stdout, stderr } = await ended;
  expect(status).toBe(3);
  expect(stdout).toContain(`${id} cancelled: 1 item: 0 pass, 0 fail, 1 inconclusive`);
  expect(stderr).toContain('stopping; what was measured is kept');
  const report = JSON.parse((await runShell(workspace, ['report', id, '--json'])).stdout);
  expect(report.state).toBe('cancelled');
  expect(report.results[0].requests).toBeGreaterThanOrEqual(20);
});

test('generate, run, report and compare go hand in hand, --serial included', async () => {
  const { workspace, url } = await prepare((origin) => ({
    'openapi.json': JSON.stringify({
      openapi: '3.1.0',
      info: { title: 'Shop', version: '1' },
      servers: [{ url: origin }],
      paths: { '/': { get: { operationId: 'home', responses: { 200: { description: 'ok' } } } } },
    }),
  }));
  const generated = await runShell(workspace, [
    ...['generate', 'openapi.json', '--shapes', 'latency_spike', 'jitter', '--output', 'made.yaml'],
  ]);
  expect(generated).toMatchObject({ status: 0, stdout: expect.stringContaining('2 scenarios') });
  const ids = [];
  for (const more of [[], ['--serial']]) {
    const { stdout } = await runShell(workspace, ['run', 'made.yaml', '--seed', '1', ...more, '--json']);
    ids.push(JSON.parse(stdout).id);
  }
  const compared = await runShell(workspace, ['compare', ...ids]);
  expect(compared.stdout).toMatch(/^run_\w+ → run_\w+: 0 fixed, 0 improved, 2 unchanged, 0 regressed/);
  const probe = await runShell(workspace, [
    ...['probe', `${url}/`, '--faults', 'latency:mean=50', '--duration', '1s'],
  ]);
  expect(probe).toMatchObject({ status: 0, stdout: expect.stringContaining('injected') });
});

test('a failed item is reported as SARIF at its line of the file, and as text', async () => {
  const { workspace } = await prepare((url) => ({
    'tests/a.yaml': call(url, 200, 'A'),
    'tests/b.yaml': `# more\n${call(url, 204, 'B')}`,
  }));
  await runShell(workspace, ['run', 'tests']);
  const { stdout } = await runShell(workspace, ['report', '--format', 'sarif', '--output', 'out.sarif']);
  expect(stdout).toContain('is out.sarif');
  const [log] = JSON.parse(await readFile(join(workspace, 'out.sarif'), 'utf8')).runs;
  expect(log.results).toHaveLength(1);
  expect(log.results[0]).toMatchObject({
    ruleId: 'expect/status-204',
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: 'tests/b.yaml' }, region: { startLine: 4 } },
      },
    ],
  });
  const text = await runShell(workspace, ['report', '--format', 'text', '--item', 'B']);
  expect(text.stdout).toMatch(/1 item: 0 pass, 1 fail.*- item-2 GET \/ · B: expected status 204, got 200/s);
  // Without the user's file the copy in the run's folder is named.
  await rm(join(workspace, 'tests'), { recursive: true });
  await runShell(workspace, ['report', '--format', 'sarif', '--output', 'out.sarif']);
  expect(await readFile(join(workspace, 'out.sarif'), 'utf8')).toMatch(
    /"\.breakwater\/runs\/run_\w+\/scenario\.yaml"/,
  );
});

test.each([
  [['context', '--symbol', 'load'], /app\.py:1/],
  [['search', '--query', 'load'], /app\.py:1/],
  [['context', 'GET', '/none'], /No handler here/],
] as const)('an argument that words may give can be given by its flag: %j', async (args, shown) => {
  const { workspace } = await prepare(() => ({ 'app.py': 'def load():\n    return 1\n' }));
  expect(await runShell(workspace, args)).toMatchObject({ status: 0, stdout: expect.stringMatching(shown) });
});

test('a command without what it needs says what that is', async () => {
  const workspace = await makeTempFolder();
  for (const [command, missing] of [
    ['context', 'operation_id'],
    ['search', 'query'],
    ['probe', 'url'],
  ] as const) {
    const { status, stderr } = await runShell(workspace, [command]);
    expect({ command, status }).toEqual({ command, status: 2 });
    expect(stderr).toContain(missing);
    // In the words of a shell, and of what is wanted.
    expect(stderr).not.toMatch(/Invalid input|\b(code|scenario|run|fault)_[a-z]+ \{/);
  }
  expect((await runShell(workspace, ['report'])).stderr).toContain('Start one with breakwater run.');
});

test.each([
  [['probe', 'http://127.0.0.1:9/'], 'No fault is given.', '--latency 300ms'],
  [['probe', 'http://127.0.0.1:9/', '--latency', 'soon'], 'faults.0.mean: Expected number, got "soon".', ''],
  [['run'], 'Expected one of file', 'breakwater run --file scenarios.yaml'],
  [['generate', 'api.json', '--shapes', 'nonsense'], 'there is no shape "nonsense".', 'latency_spike'],
] as const)('%j says what was expected, as a person types it', async (args, message, hint) => {
  const { workspace } = await prepare(() => ({
    'api.json': JSON.stringify({
      ...{ openapi: '3.1.0', info: { title: 'T', version: '1' }, servers: [{ url: 'http://127.0.0.1:9' }] },
      paths: { '/': { get: { responses: { 200: { description: 'ok' } } } } },
    }),
  }));
  const { status, stderr } = await runShell(workspace, args);
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(message) });
  expect(stderr).toContain(hint);
});

test('the doctor tells a breakwater.yaml that is wrong once, and what hangs on it', async () => {
  const { workspace } = await prepare(() => ({ 'breakwater.yaml': 'limits: { rps: fast }\n' }));
  const { status, stdout } = await runShell(workspace, ['doctor']);
  expect(status).not.toBe(0);
  expect(stdout).toContain('ok      workspace: ');
  expect(stdout.split('got "fast"')).toHaveLength(2);
  expect(stdout).toContain('amiss   state: cannot be told before that is mended');
});

test('a review of a folder without source code says so', async () => {
  const { stdout } = await runShell(await makeTempFolder(), ['review']);
  expect(stdout).toContain('no file here is code of a service');
});

test('a reader that has gone changes neither what is done nor the status', async () => {
  const { workspace } = await prepare((url) => ({ 'fail.yaml': call(url, 204) }));
  const { child, ended } = startShell(workspace, ['run', 'fail.yaml']);
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ status: 1, stdout: '', stderr: expect.not.stringContaining('EPIPE') });
  expect((await runShell(workspace, ['report'])).stdout).toContain('1 item: 0 pass, 1 fail');
});
