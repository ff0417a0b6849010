import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { parseConfig } from '../src/config-document.ts';
import { demandTrust, isTrusted, trust } from '../src/trust.ts';
import { makeTempFolder } from './helpers/temp-folder.ts';

async function load(text: string) {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'breakwater.yaml'), text);
  return loadConfig({ workspace, stateHome: join(workspace, 'home') });
}

test('a workspace without breakwater.yaml has the defaults', async () => {
  const config = await loadConfig({ workspace: await makeTempFolder(), stateHome: '/nowhere' });
  expect(config).toMatchObject({
    file: null,
    app: null,
    dependencies: {},
    allowHosts: [],
    slos: [],
    limits: { requestsPerSecond: 2_000, clients: 200, durationMs: 900_000, runs: 500 },
  });
});

test('every part of the file is read', async () => {
  const config = await load(`
app:
  command: node server.js
  ready: http://127.0.0.1:{port}/health
  env: { PORT: "{port}", RETRIES: 3 }
  test: [npm, test]
dependencies: { db: psql://127.0.0.1:5432 }
targets: { allow_hosts: [staging.example.com] }
limits: { rps: 10, duration: 30s }
slo:
- { type: latency, objective: 95, threshold: 300 }
- { type: error, objective: 99, threshold: 1, error_statuses: [429, 5xx] }
auth: { default: { type: bearer, env: TOKEN } }
`);
  expect(config.auth).toEqual([{ name: 'default', kind: 'bearer', variable: 'TOKEN' }]);
  expect(config.app).toMatchObject({
    command: ['node', 'server.js'],
    ready: 'http://127.0.0.1:{port}/health',
    env: { PORT: '{port}', RETRIES: '3' },
    install: null,
    test: ['npm', 'test'],
  });
  expect(config).toMatchObject({
    dependencies: { db: 'psql://127.0.0.1:5432' },
    allowHosts: ['staging.example.com'],
    limits: { requestsPerSecond: 10, clients: 200, durationMs: 30_000 },
  });
  expect(config.slos).toEqual([
    { kind: 'latency', title: 'P95 <= 300ms', objectivePercent: 95, thresholdMs: 300 },
    {
      kind: 'error',
      title: 'errors < 1%',
      objectivePercent: 99,
      thresholdPercent: 1,
      errorStatuses: ['429', '5XX'],
    },
  ]);
});

test('an unknown key is refused with line and column', async () => {
  await expect(load('app:\n  command: x\n  redy: y\n')).rejects.toThrow(/breakwater\.yaml:3:3: app\.redy/);
});

test('a wrong value is refused with its place', async () => {
  await expect(load('limits:\n  duration: soon\n')).rejects.toThrow(
    /breakwater\.yaml:2:\d+: limits\.duration: Expected a time/,
  );
});

test('a workspace that does not exist is a clear error', async () => {
  await expect(loadConfig({ workspace: '/does/not/exist', stateHome: '/x' })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a file is trusted in the form that was approved, and in no other', async () => {
  const home = await makeTempFolder();
  const file = { path: '/w/breakwater.yaml', sha256: 'a' };
  await expect(demandTrust(home, file)).rejects.toMatchObject({ code: 'NOT_TRUSTED' });
  await trust(home, file, new Date(0));
  expect(await isTrusted(home, file)).toBe(true);
  expect(await isTrusted(home, { ...file, sha256: 'b' })).toBe(false);
  expect(await isTrusted(home, { ...file, path: '/other/breakwater.yaml' })).toBe(false);
});

test('a damaged memory of trust trusts nothing and says so', async () => {
  const home = await makeTempFolder();
  await writeFile(join(home, 'trusted.json'), '{');
  await expect(isTrusted(home, { path: 'x', sha256: 'y' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test.each([
  ['limits: { rps: fast }', '1:11: limits.rps: expected number, got "fast".'],
  ['auth: { default: { type: bearr, env: X } }', 'got "bearr"; did you mean bearer?'],
  ['target: { allow_hosts: [] }', '1:1: target: no key; did you mean targets?'],
  ['model: { model: m }', 'model.base_url: missing.'],
  [
    'auth: { default: { type: basic, username: ann, password: 12345 } }',
    'expected string, got something else.',
  ],
  ['limits: { rpss: 3 }', '1:11: limits.rpss: no key; did you mean rps?'],
])('%s says what stands there, and what was expected', (text, message) => {
  expect(() => parseConfig(text)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) }),
  );
});
