import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { TOOL_COMMANDS } from '../../src/cli/commands.ts';
import { startDemoWorkspace } from '../docs/demo-workspace.ts';
import { repository } from '../helpers/mcp-client.ts';
import { packProduct } from '../helpers/packed.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** A composite action (docs.github.com, "Metadata syntax for GitHub Actions"). */
const STEP = z.strictObject({
  id: z.string().optional(),
  if: z.string().optional(),
  shell: z.literal('bash').optional(),
  env: z.record(z.string(), z.string()).default({}),
  run: z.string().optional(),
  uses: z
    .string()
    .regex(/^[\w-]+\/[\w./-]+@v\d+$/)
    .optional(),
  with: z.record(z.string(), z.string()).optional(),
});
const ACTION = z.strictObject({
  name: z.string(),
  description: z.string().max(125),
  branding: z.strictObject({ icon: z.string(), color: z.string() }),
  inputs: z.record(
    z.string(),
    z.strictObject({
      description: z.string(),
      default: z.string().optional(),
      required: z.boolean().optional(),
    }),
  ),
  outputs: z.record(z.string(), z.strictObject({ description: z.string(), value: z.string() })),
  runs: z.strictObject({ using: z.literal('composite'), steps: z.array(STEP) }),
});
type Step = z.infer<typeof STEP>;

const text = readFileSync(join(repository, 'action.yml'), 'utf8');
const action = ACTION.parse(parse(text));
const { steps } = action.runs;
const scripts = steps.flatMap(({ run }) => (run === undefined ? [] : [run]));

test('every input is used, every step that runs names its shell, and no script holds an expression', () => {
  for (const name of Object.keys(action.inputs)) expect(text).toMatch(new RegExp(`\\binputs\\.${name}\\b`));
  const used = [...text.matchAll(/inputs\.(\w+)/g)].map(([, name]) => name);
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(used));
  for (const { run, shell } of steps) expect(shell).toBe(run === undefined ? undefined : 'bash');
  // An expression in a script would be put there as code.
  for (const script of scripts) expect(script).not.toContain('$' + '{{');
});

test('every flag that a script gives is a flag of its command', () => {
  const lines = scripts.join('\n').split('\n');
  const given = lines.flatMap((line) => {
    const command =
      /breakwater --root \S+ (\w+)/.exec(line)?.[1] ?? (/options\+?=/.test(line) ? 'run' : null);
    return command === null
      ? []
      : [...line.matchAll(/ --([a-z-]+)|\(--([a-z-]+)/g)].map((one) => ({ command, flag: one[1] ?? one[2] }));
  });
  const wrong = given
    .filter(({ flag }) => flag !== 'root')
    .filter(({ command, flag }) => {
      const tool = TOOL_COMMANDS.find((one) => one.command === command)?.tool;
      return tool === undefined || !((flag ?? '').replaceAll('-', '_') in tool.input.shape);
    });
  expect(given.length).toBeGreaterThan(8);
  expect(wrong).toEqual([]);
});

test('its version of the package is the one of package.json', () => {
  const { name, version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  expect(action.inputs.package?.default).toBe(`${name}@${version}`);
});

/** What a job saw of the action. */
interface Seen {
  readonly status: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Steps of other actions that would have come, with what they would get. */
  readonly used: readonly Step[];
}

/** Runs the steps as the runner does, as far as they are scripts; `given` are the job's inputs. */
async function runAction(
  given: Readonly<Record<string, string>>,
  cwd: string,
  baseEnv: Readonly<Record<string, string>>,
): Promise<Seen> {
  const temp = await makeTempFolder();
  const files = {
    GITHUB_OUTPUT: join(temp, 'output'),
    GITHUB_PATH: join(temp, 'path'),
    GITHUB_STEP_SUMMARY: join(temp, 'summary'),
  };
  for (const path of Object.values(files)) await writeFile(path, '');
  const values = new Map<string, string>();
  for (const [name, input] of Object.entries(action.inputs))
    values.set(`inputs.${name}`, given[name] ?? input.default ?? '');
  const fill = (template: string) =>
    template.replace(/\$\{\{ *([\w.]+) *\}\}/g, (_whole, name: string) => values.get(name) ?? '');
  const used: Step[] = [];
  let status = 0;
  for (const step of steps) {
    if (!mayRun(step.if, status, values)) continue;
    if (step.run === undefined) {
      const entries = Object.entries(step.with ?? {}).map(([name, value]) => [name, fill(value)]);
      used.push({ ...step, with: Object.fromEntries(entries) });
      continue;
    }
    const env = Object.fromEntries(Object.entries(step.env).map(([name, value]) => [name, fill(value)]));
    const added = (await readFile(files.GITHUB_PATH, 'utf8')).split('\n').filter((line) => line !== '');
    const PATH = [...added.toReversed(), baseEnv.PATH ?? ''].join(delimiter);
    await writeFile(files.GITHUB_OUTPUT, '');
    const ended = await runScript(step.run, cwd, { ...baseEnv, ...files, RUNNER_TEMP: temp, ...env, PATH });
    for (const line of (await readFile(files.GITHUB_OUTPUT, 'utf8')).split('\n')) {
      const at = line.indexOf('=');
      if (at > 0) values.set(`steps.${step.id}.outputs.${line.slice(0, at)}`, line.slice(at + 1));
    }
    if (status === 0) status = ended;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]);
  const summary = await readFile(files.GITHUB_STEP_SUMMARY, 'utf8');
  return { status, outputs: Object.fromEntries(outputs), summary, used };
}

/** The conditions that action.yml uses: comparisons joined by `&&`; without `always()` a failure ends the steps. */
function mayRun(condition: string | undefined, status: number, values: ReadonlyMap<string, string>): boolean {
  const parts = (condition ?? '').split('&&').map((part) => part.trim());
  const holds = parts.every((part) => {
    if (part === '' || part === 'always()') return true;
    const [, name = '', operator, expected] = /^([\w.]+) (==|!=) '(.*)'$/.exec(part) ?? [];
    if (operator === undefined) throw new Error(`a condition that is not known here: ${part}`);
    return (values.get(name) === expected) === (operator === '==');
  });
  return holds && (status === 0 || parts.includes('always()'));
}

/** `shell: bash` is `bash --noprofile --norc -eo pipefail FILE`. */
async function runScript(script: string, cwd: string, env: Record<string, string>): Promise<number> {
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [status] = await once(child, 'close');
  return status;
}

const ITEM = (title: string, expect: string) => `title: ${title}
items:
- call: { method: GET, url: "http://127.0.0.1:8000/products" }
  context:
    faults: [ { type: latency, mean: 100 } ]
  expect: ${expect}
`;

test.skipIf(process.platform === 'win32')(
  'its scripts install the package, run the scenarios, leave JUnit, HTML, Markdown and SARIF, and end as the verdict',
  { timeout: 300_000 },
  async () => {
    const { folder, env, write } = await startDemoWorkspace();
    const { tarball } = await packProduct(await makeTempFolder());
    await mkdir(join(folder, 'my scenarios'));
    await write('my scenarios/pass.yaml', ITEM('Late', '{ status: 200 }'));
    await write('fail.yaml', ITEM('Too late', '{ response_time_under: 50 }'));
    await write('gone.yaml', ITEM('Gone', '{ status: 200 }').replace('/products', '/gone'));
    const offline = { ...env, npm_config_offline: 'true', npm_config_cache: join(folder, '.npm') };
    const inputs = { root: folder, package: tarball };

    const passed = await runAction(
      { ...inputs, files: 'my scenarios\n', review: 'true' },
      repository,
      offline,
    );
    expect(passed).toMatchObject({ status: 0, outputs: { status: '0' } });
    expect(await readFile(passed.outputs.junit ?? '', 'utf8')).toContain('<testsuite');
    expect(JSON.parse(await readFile(passed.outputs.sarif ?? '', 'utf8')).version).toBe('2.1.0');
    expect(existsSync(join(folder, 'breakwater-reports/report.html'))).toBe(true);
    expect(passed.summary).toContain('Late');
    expect(passed.used.map((step) => step.with)).toEqual([
      expect.objectContaining({ path: `${folder}/breakwater-reports` }),
      expect.objectContaining({ sarif_file: passed.outputs.sarif }),
    ]);

    const failed = await runAction({ ...inputs, files: 'my scenarios\nfail.yaml' }, repository, offline);
    expect(failed).toMatchObject({ status: 1, outputs: { status: '1', sarif: '' } });
    expect(failed.used).toHaveLength(1);

    const open = { ...inputs, files: 'gone.yaml', artifact: '' };
    expect((await runAction(open, repository, offline)).status).toBe(3);
    expect((await runAction({ ...open, allow_inconclusive: 'true' }, repository, offline)).status).toBe(0);
    expect((await runAction({ ...open, files: 'absent.yaml' }, repository, offline)).status).toBe(2);
  },
);
