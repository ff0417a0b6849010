import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import createIgnore from 'ignore';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../helpers/mcp-client.ts';
import { npm, run } from '../helpers/packed.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
}

const instructions = readFileSync(join(repository, 'Dockerfile'), 'utf8')
  .replace(/^#.*$/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line): Instruction => {
    const [name = '', ...words] = line.trim().split(/\s+/);
    return { name, words };
  });
const starts = instructions.flatMap(({ name }, at) => (name === 'FROM' ? [at] : []));
const stages = starts.map((start, index) => instructions.slice(start, starts[index + 1]));

/** Sources of COPY from the repository, in the order of a stage. */
function listCopied(stage: readonly Instruction[]): string[] {
  return stage
    .filter(({ name, words }) => name === 'COPY' && !words[0]?.startsWith('--from'))
    .flatMap(({ words }) => words.slice(0, -1));
}

/** Does what the build stage does, in a folder that holds only what the stage copies. */
async function buildAsStage(stage: readonly Instruction[]): Promise<string> {
  const folder = await makeTempFolder();
  for (const source of listCopied(stage))
    cpSync(join(repository, source), join(folder, basename(source)), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await run(npm, ['run', 'build'], { cwd: folder });
  return join(folder, 'dist');
}

test('every source that the image copies is there and sent to the builder', () => {
  const ignored = createIgnore().add(readFileSync(join(repository, '.dockerignore'), 'utf8'));
  const sources = stages.flatMap(listCopied);
  expect(sources).toContain('src');
  expect(
    sources.filter((source) => !existsSync(join(repository, source)) || ignored.ignores(source)),
  ).toEqual([]);
});

test('the image is small, runs without root, and its Node is one that the package supports', () => {
  const last = stages.at(-1) ?? [];
  const names = last.map(({ name }) => name);
  for (const [from] of stages) expect(from?.words[0]).toMatch(/^node:(20|22|24)-slim$/);
  expect(last.find(({ name }) => name === 'USER')?.words).toEqual(['node']);
  expect(names.lastIndexOf('RUN')).toBeLessThan(names.indexOf('USER'));
  expect(last.filter(({ words }) => words.some((word) => word.includes('node_modules')))).toEqual([]);
});

test('what the image is built of starts over HTTP, and answers only with the given token', async () => {
  const dist = await buildAsStage(stages[0] ?? []);
  const app = await makeTempFolder();
  cpSync(dist, join(app, 'dist'), { recursive: true });
  for (const source of listCopied(stages.at(-1) ?? [])) cpSync(join(repository, source), join(app, source));
  const bin = join(app, 'bin');
  await mkdir(bin);
  await symlink(join(app, 'dist/cli.js'), join(bin, 'breakwater'));
  const child = spawn(process.execPath, [join(bin, 'breakwater'), 'serve', '--http', '0.0.0.0:0'], {
    env: { BREAKWATER_WORKSPACE: await makeTempFolder(), BREAKWATER_TOKEN: 'given' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stderr }), 'line');
  const port = /:(\d+)\/mcp/.exec(String(line))?.[1];
  const ask = (token: string) =>
    fetch(`http://127.0.0.1:${port}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'initialize',
        params: {
          protocolVersion: '2025-06-18',
          capabilities: {},
          clientInfo: { name: 'test', version: '1' },
        },
      }),
    });
  expect((await ask('other')).status).toBe(401);
  const answer = await ask('given');
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('breakwater');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
}, 120_000);
