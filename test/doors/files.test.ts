import { chmod, mkdir, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { isForeignPath, resolveInside } from '../../src/policy.ts';
import { openStore } from '../../src/store.ts';
import { readRegularFileSync, readTextInside, writeTextInside } from '../../src/workspace-files.ts';
import { startTarget } from '../helpers/http-target.ts';
import { hasPipes, makePipe } from '../helpers/pipe.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { openTools } from './tool-session.ts';

const SECRET = 'what lies outside';
let outside: string;

beforeEach(async () => {
  outside = await makeTempFolder();
  await writeFile(join(outside, 'secret.yaml'), SECRET);
});

/** Puts into `root` what a cloned repository could bring, and gives the names that must not be read. */
async function plant(root: string): Promise<readonly string[]> {
  await mkdir(join(root, 'folder'));
  await symlink(join(outside, 'secret.yaml'), join(root, 'link.yaml'));
  await symlink(outside, join(root, 'folder', 'away'));
  await symlink('/dev/zero', join(root, 'zero.yaml'));
  await symlink(join(outside, 'new.yaml'), join(root, 'dangling.yaml'));
  await symlink('loop.yaml', join(root, 'loop.yaml'));
  makePipe(join(root, 'pipe.yaml'));
  await writeFile(join(root, 'huge.yaml'), '');
  await truncate(join(root, 'huge.yaml'), 65 * 1024 * 1024);
  return [
    '../secret.yaml',
    `folder/../../${outside.split('/').at(-1)}/secret.yaml`,
    join(outside, 'secret.yaml'),
    pathToFileURL(join(outside, 'secret.yaml')).href,
    'FILE:///etc/passwd',
    'file://host/share/x.yaml',
    '//host/share/x.yaml',
    '\\\\host\\share\\x.yaml',
    'a\0.yaml',
    `${'x'.repeat(5_000)}.yaml`,
    'link.yaml',
    'link.yaml/x.yaml',
    'folder/away/secret.yaml',
    'zero.yaml',
    'dangling.yaml',
    'loop.yaml',
    ...(hasPipes ? ['pipe.yaml'] : []),
    'huge.yaml',
  ];
}

const REFUSALS = ['PATH_NOT_ALLOWED', 'BAD_INPUT', 'NOT_FOUND', 'LIMIT_EXCEEDED', 'CONFIG_INVALID'];

/** Runs `attempt` and gives the code of its error; an answer is given as text, to be looked at. */
async function codeOf(attempt: () => Promise<unknown>): Promise<string> {
  try {
    return `answered: ${JSON.stringify(await attempt())}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

/** Arguments that name a file to read; `PATH` stands for it. */
const READERS: readonly (readonly [string, string, object])[] = [
  ['the document', 'scenario_generate', { spec: 'PATH' }],
  ['scenarios', 'scenario_run', { file: 'PATH' }],
  ['context files', 'review_code', { context_files: ['PATH'] }],
  ['a baseline', 'review_code', { baseline: 'PATH' }],
  ['edits', 'patch_propose', { edits: [{ file: 'PATH', search: 'a', replace: 'b' }] }],
  ['a file of an outline', 'code_context', { file: 'PATH' }],
];

test.each(READERS)('%s are read from regular files of the workspace only', async (_what, tool, args) => {
  const tools = await openTools();
  const names = await plant(tools.workspace);
  for (const name of names) {
    const given = JSON.parse(JSON.stringify(args), (_key, value) => (value === 'PATH' ? name : value));
    const outcome = await codeOf(() => tools.call(tool, given));
    expect(outcome, `${name}: ${outcome}`).not.toContain(SECRET);
    // An outline of what is not indexed is an answer.
    if (tool !== 'code_context') expect([...REFUSALS, 'PATCH_INVALID'], name).toContain(outcome);
  }
});

test.each([
  ['the document', 'spec: "PATH"', 'scenario_generate', {}],
  ['rules', 'rules: "PATH"', 'review_code', {}],
  ['a CA', 'targets: { tls: { ca: "PATH" } }', 'proxy_open', { upstream: 'https://127.0.0.1:9' }],
])('%s that breakwater.yaml names lies in the workspace too', async (_what, config, tool, args) => {
  for (const name of ['link.yaml', 'folder/away/secret.yaml', 'zero.yaml', 'pipe.yaml', '../secret.yaml']) {
    const tools = await openTools(`${config.replace('PATH', name)}\n`);
    await plant(tools.workspace);
    expect(REFUSALS, name).toContain(await codeOf(() => tools.call(tool, args)));
  }
});

test.each(['templates', 'path'])('the folder of %s lies in the workspace', async (argument) => {
  const { url } = await startTarget((_request, response) => {
    response.end(JSON.stringify({ openapi: '3.1.0', info: { title: 'T', version: '1' }, paths: {} }));
  });
  const tools = await openTools();
  await plant(tools.workspace);
  const tool = argument === 'path' ? 'code_index' : 'scenario_generate';
  for (const folder of ['..', outside, 'folder/away', '/', '//host/share']) {
    const args = argument === 'path' ? { path: folder } : { spec: url, templates: folder };
    expect(REFUSALS, folder).toContain(await codeOf(() => tools.call(tool, args)));
  }
});

test('a breakwater.yaml that is a device, a pipe or a link to elsewhere is an error, not a wait', async () => {
  for (const put of [
    (path: string) => symlink('/dev/zero', path),
    (path: string) => symlink(join(outside, 'secret.yaml'), path),
    ...(hasPipes ? [async (path: string) => makePipe(path)] : []),
    (path: string) => writeFile(path, '#'.repeat(1024 * 1024 + 1)),
  ]) {
    const tools = await openTools();
    await put(join(tools.workspace, 'breakwater.yaml'));
    expect(await codeOf(() => tools.call('proxy_open', { upstream: 'http://127.0.0.1:9' }))).toBe(
      'CONFIG_INVALID',
    );
  }
});

test('code is indexed without its pipes, devices and links to elsewhere', async () => {
  const tools = await openTools();
  const { workspace } = tools;
  makePipe(join(workspace, 'pipe.js'));
  await symlink('/dev/zero', join(workspace, 'zero.js'));
  await symlink('/dev/zero', join(workspace, '.gitignore'));
  await mkdir(join(workspace, 'sub'));
  makePipe(join(workspace, 'sub', '.gitignore'));
  await writeFile(join(workspace, 'sub', 'a.js'), 'export function visible() {}\n');
  expect(await tools.call('code_search', { query: 'visible' })).toContain('sub/a.js');
});

test('names of other machines and of devices are not even looked at', () => {
  for (const path of ['\\\\host\\share', '//host/share', '\\\\?\\C:\\x', '\\\\.\\pipe\\x', 'a\0b']) {
    expect(isForeignPath(path, 'win32'), path).toBe(true);
    expect(isForeignPath(path, 'linux'), path).toBe(true);
  }
  for (const path of ['NUL', 'a\\con', 'sub/aux.md', 'LPT1.txt', 'report.md:hidden', 'c:report.md']) {
    expect(isForeignPath(path, 'win32'), path).toBe(true);
    expect(isForeignPath(path, 'linux'), path).toBe(false);
  }
  for (const path of ['C:\\work\\a.md', 'c:/work/a.md', 'a\\b.md', 'console.md', 'nullable/a.md']) {
    expect(isForeignPath(path, 'win32'), path).toBe(false);
  }
});

test('a new file below a link that leads nowhere is refused: writing would follow it', async () => {
  const root = await makeTempFolder();
  await symlink(join(outside, 'later'), join(root, 'later'));
  for (const path of ['later', 'later/a.md', 'later/b/c.md']) {
    expect(await codeOf(() => resolveInside(root, path))).toBe('PATH_NOT_ALLOWED');
    expect(await codeOf(() => writeTextInside(root, path, 'x'))).toBe('PATH_NOT_ALLOWED');
  }
  expect(await readdir(outside)).toEqual(['secret.yaml']);
});

/** A workspace with a run and tools that write files for the user. */
async function makeWriters() {
  const { url } = await startTarget();
  const tools = await openTools();
  await plant(tools.workspace);
  const yaml = `title: T\nitems:\n- call: { url: "${url}/" }\n  expect: { status: 200 }\n`;
  await tools.call('scenario_run', { yaml, wait_seconds: 60 });
  const paths = { '/a': { get: { responses: { 200: { description: 'ok' } } } } };
  const spec = { openapi: '3.1.0', info: { title: 'T', version: '1' }, servers: [{ url }], paths };
  await writeFile(join(tools.workspace, 'spec.json'), JSON.stringify(spec));
  const writers: readonly ((output: string) => Promise<string>)[] = [
    (output) => tools.call('run_report', { run_id: 'latest', format: 'json', output }),
    (output) => tools.call('run_report', { run_id: 'latest', view: 'suggest_slos', output }),
    (output) => tools.call('review_code', { format: 'sarif', output }),
    (output) => tools.call('scenario_generate', { spec: 'spec.json', shapes: ['jitter'], output }),
  ];
  return { ...tools, writers };
}

test('reports and scenarios are written to the workspace only, and to nothing that git or Breakwater lives by', async () => {
  const { workspace, writers } = await makeWriters();
  const before = await readdir(outside);
  const names = [
    '../out.yaml',
    join(outside, 'out.yaml'),
    'folder/away/out.yaml',
    'link.yaml',
    'dangling.yaml',
    ...(hasPipes ? ['pipe.yaml'] : []),
    'zero.yaml',
    '//host/out.yaml',
    '.git/config.yaml',
    '.GIT/hooks/x.yaml',
    'folder/.git/x.yaml',
    '.breakwater/runs/x.yaml',
    'breakwater.yaml',
    'BREAKWATER.yaml',
  ];
  for (const write of writers) {
    for (const name of names) expect(REFUSALS, name).toContain(await codeOf(() => write(name)));
  }
  expect(await readdir(outside)).toEqual(before);
  expect(await readFile(join(outside, 'secret.yaml'), 'utf8')).toBe(SECRET);
  const roots = await readdir(workspace);
  expect(roots).not.toContain('.git');
  expect(roots).not.toContain('breakwater.yaml');
});

test('a new folder is made for what is written, and an old file keeps who may read it', async () => {
  const { workspace, writers } = await makeWriters();
  await writeFile(join(workspace, 'private.yaml'), 'old');
  await chmod(join(workspace, 'private.yaml'), 0o600);
  for (const [index, write] of writers.entries()) {
    await write(`new/${index}/out.yaml`);
    expect((await readFile(join(workspace, `new/${index}/out.yaml`), 'utf8')).length).toBeGreaterThan(0);
    await write('private.yaml');
    expect((await stat(join(workspace, 'private.yaml'))).mode & 0o777).toBe(0o600);
  }
  const left = await readdir(workspace, { recursive: true });
  expect(left.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a link inside the workspace is followed, and stays a link', async () => {
  const root = await makeTempFolder();
  await writeFile(join(root, 'real.md'), 'old');
  await symlink('real.md', join(root, 'alias.md'));
  expect((await readTextInside(root, 'alias.md')).text).toBe('old');
  expect(await writeTextInside(root, 'alias.md', 'new')).toBe(join(root, 'real.md'));
  expect(await readFile(join(root, 'alias.md'), 'utf8')).toBe('new');
});

test('a file that is as long as may be is read, one byte more is not', async () => {
  const root = await makeTempFolder();
  await writeFile(join(root, 'a'), 'x'.repeat(1_000));
  expect((await readTextInside(root, 'a', 1_000)).text).toHaveLength(1_000);
  expect(readRegularFileSync(join(root, 'a'), 1_000)).toHaveLength(1_000);
  expect(await codeOf(() => readTextInside(root, 'a', 999))).toBe('LIMIT_EXCEEDED');
  expect(() => readRegularFileSync(join(root, 'a'), 999)).toThrow('more than 999 bytes');
});

test.each(['.breakwater', '.breakwater/runs', '.breakwater/runs/run_1'])(
  'a repository that brings %s as a link makes Breakwater read and write nothing there',
  async (link) => {
    const workspace = await makeTempFolder();
    await mkdir(join(workspace, link, '..'), { recursive: true });
    await mkdir(join(outside, 'runs/run_1'), { recursive: true });
    const depth = link.split('/').length;
    const aim = [outside, join(outside, 'runs'), join(outside, 'runs/run_1')][depth - 1] ?? outside;
    await writeFile(join(outside, 'runs/run_1/report.md'), SECRET);
    await symlink(aim, join(workspace, link));
    const store = openStore(workspace);
    for (const use of [
      () => store.readText('runs/run_1/report.md'),
      () => store.writeText('runs/run_1/run.json', '{}'),
      () => store.appendText('runs/run_1/samples.ndjson', '{}'),
      () => store.list('runs/run_1'),
      () => store.remove('runs/run_1'),
      () => store.locate('runs/run_1/index'),
    ]) {
      expect(await codeOf(use)).toBe('STORAGE_FAILED');
    }
    expect(await readdir(join(outside, 'runs/run_1'))).toEqual(['report.md']);
  },
);
