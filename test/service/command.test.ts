import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type CommandResult, listFixedEnv, runCommand } from '../../src/service/command.ts';
import { demandProgram } from '../helpers/tools-here.ts';
import { isAlive, makeApp } from './scripts.ts';

async function run(
  script: string,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<CommandResult> {
  const { folder, command } = await makeApp(script);
  return runCommand(
    command,
    { folder, env: { MODE: 'test' }, timeoutMs: options.timeoutMs ?? 30_000 },
    { clock: systemClock, signal: options.signal ?? new AbortController().signal, baseEnv: {} },
  );
}

test('a command that ends well is ok, with its output and its environment', async () => {
  const result = await run("console.log('all', process.env.MODE); console.error('fine');");
  expect(result).toMatchObject({ ok: true, code: 0, signal: null, timedOut: false });
  expect(result.lastLines.toSorted()).toEqual(['all test', 'fine']);
});

test('a command that fails is a result with its exit code and last lines', async () => {
  const result = await run("console.log('1 failed'); process.exitCode = 3;");
  expect(result).toMatchObject({ ok: false, code: 3, timedOut: false, lastLines: ['1 failed'] });
});

test('a command that takes too long is stopped, and says so', async () => {
  const result = await run('console.log(process.pid); setInterval(() => {}, 1_000);', { timeoutMs: 500 });
  expect(result).toMatchObject({ ok: false, code: null, signal: 'SIGTERM', timedOut: true });
  expect(isAlive(Number(result.lastLines[0]))).toBe(false);
});

test('a command that ends well just because it was stopped is not ok', async () => {
  const script =
    "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1_000); console.log('up');";
  expect(await run(script, { timeoutMs: 500 })).toMatchObject({ ok: false, code: 0, timedOut: true });
});

test('aborting stops the command and gives the reason of the signal', async () => {
  const signal = AbortSignal.timeout(300);
  await expect(run('setInterval(() => {}, 1_000);', { signal })).rejects.toThrow(signal.reason);
});

test('only the last 200 lines of its output are kept, each bounded', async () => {
  const script = `
    for (let line = 0; line < 5_000; line += 1) console.log('line ' + line);
    process.stdout.write('x'.repeat(100_000));`;
  const { lastLines } = await run(script);
  expect(lastLines).toHaveLength(200);
  expect(lastLines[0]).toBe('line 4801');
  expect(lastLines[199]).toBe('x'.repeat(2_000));
});

test('variables with placeholders are left out of the environment of a test command', async () => {
  const app = await makeApp('', { env: { PORT: '{port}', MODE: 'test', FORMAT: '{{level}}' } });
  expect(listFixedEnv(app)).toEqual({ MODE: 'test', FORMAT: '{level}' });
});

const hasSetsid =
  process.platform === 'linux' && (await demandProgram('setsid', 'a daemon that leaves its group late'));

test.runIf(hasSetsid)('a daemon that leaves the group only after its parent has ended lives on', async () => {
  const { folder } = await makeApp('');
  const daemon = '(sleep 0.2; exec setsid sleep 600) > daemon.log 2>&1 & echo $!';
  const result = await runCommand(
    ['sh', '-c', daemon],
    { folder, env: {}, timeoutMs: 30_000 },
    {
      clock: systemClock,
      signal: new AbortController().signal,
      baseEnv: { PATH: process.env.PATH ?? '' },
    },
  );
  const pid = Number(result.lastLines[0]);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(result.ok).toBe(true);
  expect(isAlive(pid)).toBe(true);
});

test.runIf(process.platform !== 'win32')('what a command leaves in its group ends with it', async () => {
  const { folder } = await makeApp('');
  const options = { folder, env: {}, timeoutMs: 30_000 };
  const baseEnv = { PATH: process.env.PATH ?? '' };
  const signal = new AbortController().signal;
  const command = [
    'sh',
    '-c',
    `"${process.execPath}" -e 'setInterval(() => {}, 1_000)' > left.log 2>&1 & echo $!`,
  ];
  const result = await runCommand(command, options, { clock: systemClock, signal, baseEnv });
  const pid = Number(result.lastLines[0]);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  expect(result.ok).toBe(true);
  await expect.poll(() => isAlive(pid)).toBe(false);
});
