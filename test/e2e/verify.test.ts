import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { startService } from '../../examples/demo/services.ts';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { git } from '../service/project.ts';

const SCENARIO = (url: string) => `
title: An order is read in good time
items:
- call: { method: GET, url: "http://127.0.0.1:7100/orders/ord_1001", timeout: 5000 }
  context:
    upstreams: [ "${url}" ]
    faults: [ { type: latency, mean: 50 } ]
  expect: { status: 200, response_time_under: 2000 }
`;

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: text of a file, not a template
const HARMFUL = {
  file: 'src/payments-client.js',
  search: 'fetch(`${baseUrl}/charges/${encodeURIComponent(chargeId)}`)',
  replace: 'fetch(`${baseUrl}/charges/${encodeURIComponent(chargeId)}`, { signal: AbortSignal.timeout(1) })',
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: text of a file, not a template
const USELESS = {
  file: 'src/payments-client.js',
  search: 'const RETRY_PAUSE_MS = 100;',
  replace: 'const RETRY_PAUSE_MS = 120;',
};

let workspace: string;
let home: string;

beforeEach(async () => {
  workspace = await makeTempFolder();
  home = await makeTempFolder();
  await cp(join(repository, 'examples/orders'), workspace, { recursive: true });
  await symlink(join(repository, 'node_modules'), join(workspace, 'node_modules'), 'junction');
});

async function configure(more = ''): Promise<void> {
  const payments = await startService(join(repository, 'examples/payments/server.js'), { PORT: '0' });
  onTestFinished(() => payments.stop());
  await writeFile(join(workspace, 'scenario.yaml'), SCENARIO(payments.url));
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `app:\n  command: [node, server.js]\n  ready: "http://127.0.0.1:{port}/health"\n  env: { PORT: "{port}", PAYMENTS_URL: "http://{payments}" }\n${more}dependencies:\n  payments: ${payments.url}\n`,
  );
}

async function approve(): Promise<void> {
  const { file } = await loadConfig({ workspace, stateHome: home });
  if (file !== null) await trust(home, file, new Date());
}

const host = (answer?: 'accept' | 'decline') =>
  startHost({ workspace, env: { BREAKWATER_HOME: home }, ...(answer === undefined ? {} : { answer }) });

test('a harmful patch is a regression, with before and after, and nothing stays behind', async () => {
  await configure();
  await approve();
  const before = await readFile(join(workspace, HARMFUL.file), 'utf8');
  const { call, questions } = await host('accept');
  await call('patch_propose', { edits: [HARMFUL] });
  const { text } = await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
  expect(text).toMatch(/^regressed: /);
  expect(text).toMatch(/pass: 1× 200.*→ inconclusive: answers 504 without any fault/);
  expect(questions).toEqual([
    expect.stringMatching(/It changes src\/payments-client\.js\..*node server\.js/),
  ]);
  expect(await readFile(join(workspace, HARMFUL.file), 'utf8')).toBe(before);
  expect(
    (await readdir(join(workspace, '.breakwater/scratch'))).filter((name) => name !== '.gitignore'),
  ).toEqual([]);
});

test('a useless patch is unchanged', async () => {
  await configure();
  await approve();
  const { call } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  expect((await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' })).text).toMatch(
    /^unchanged: /,
  );
});

const CHECK = `
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qam', 'by the tests', '--allow-empty']);
process.exit(readFileSync('src/payments-client.js', 'utf8').includes('= 100;') ? 0 : 1);
`;

test("a patch that breaks the project's own tests is a regression, and what they commit is not the user's", async () => {
  await configure('  test: [node, check.js]\n');
  await writeFile(join(workspace, 'check.js'), CHECK);
  git(workspace, 'init', '-q');
  git(workspace, 'add', 'src', 'server.js', 'package.json', 'check.js');
  git(workspace, 'commit', '-qm', 'first');
  await approve();
  const { call } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  const { text } = await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
  expect(text).toMatch(/^regressed: the project's own tests passed before and fail now/);
  expect(text).toContain("The project's own tests: pass before, fail after.");
  expect(git(workspace, 'log', '--format=%s')).toBe('first\n');
});

test('a configuration that the user has not approved starts nothing', async () => {
  await configure();
  const { call, questions } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  const { text, isError } = await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
  expect(isError).toBe(true);
  expect(text).toMatch(/^NOT_TRUSTED: .*\n.*breakwater trust/);
  expect(questions).toEqual([]);
});

test('an approval ends when the configuration changes', async () => {
  await configure();
  await approve();
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `${await readFile(join(workspace, 'breakwater.yaml'), 'utf8')}# changed\n`,
  );
  const { call } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  expect((await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' })).text).toMatch(
    /^NOT_TRUSTED/,
  );
});

test('a user who says no, and a host that cannot ask, start nothing', async () => {
  await configure();
  await approve();
  const declining = await host('decline');
  await declining.call('patch_propose', { edits: [USELESS] });
  const declined = await declining.call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
  expect(declined).toMatchObject({ isError: true, text: expect.stringMatching(/^The user did not agree/) });
  const silent = await host();
  const asked = await silent.call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' });
  expect(asked).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^CONSENT_NEEDED: .*breakwater verify pat_[0-9a-f]+ --yes/),
  });
});

test('a patch for a file that has changed since is refused', async () => {
  await configure();
  await approve();
  const { call } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  await writeFile(join(workspace, USELESS.file), '// rewritten\n');
  expect((await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml' })).text).toMatch(
    /^PATCH_STALE: .*payments-client\.js/,
  );
});

test('a workspace that does not say how its service starts is told how to say it', async () => {
  await writeFile(join(workspace, 'breakwater.yaml'), 'dependencies: {}\n');
  const { call } = await host('accept');
  await call('patch_propose', { edits: [USELESS] });
  expect((await call('patch_verify', { patch_id: 'latest' })).text).toMatch(
    /^CONFIG_INVALID: .*\n.*breakwater init/,
  );
});

test('fixes of findings are refused for a file that changed since the review', async () => {
  await writeFile(join(workspace, 'breakwater.yaml'), 'dependencies: {}\n');
  const { call } = await host();
  const { text } = await call('review_code');
  const proposal = /Next: patch_propose (\{.*?\})(?: or |$)/s.exec(text)?.[1] ?? '{}';
  const file = join(workspace, 'src/payments-client.js');
  await writeFile(file, `// moved down by a line\n${await readFile(file, 'utf8')}`);
  const proposed = await call('patch_propose', JSON.parse(proposal));
  expect(proposed).toMatchObject({
    isError: true,
    text: expect.stringMatching(/^PATCH_STALE: .*payments-client\.js/),
  });
});
