import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readSurroundings } from '../../src/config.ts';
import { runCommand } from '../../src/service/command.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { describeInput } from '../../src/tools/session/arguments.ts';
import { readSourceTree } from '../helpers/source-tree.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const { signal } = new AbortController();

test('no program is started by a shell, and none but where services, their copies and their groups are', () => {
  const starters = readSourceTree('src').filter(({ packages }) => packages.includes('node:child_process'));
  for (const { path, text } of starters) {
    expect(path).toMatch(/^service\//);
    expect(text, path).not.toMatch(/shell: (?!false)|(?<!\.)\bexec\(|\bexecSync\(/);
  }
  expect(starters.length).toBeGreaterThan(0);
});

test('no argument of a tool names a command, a variable or a folder to start in', () => {
  for (const tool of TOOLS) {
    const names = Object.keys(describeInput(tool.input).properties ?? {});
    for (const name of names) expect(name, tool.name).not.toMatch(/command|cmd|exec|shell|^env$|cwd|script/);
  }
});

test('what a shell would act on is a word like another', async () => {
  const folder = await makeTempFolder();
  const words = [
    '; touch a',
    '$(touch b)',
    '`touch c`',
    '| touch d',
    '> e',
    '&& touch f',
    '* ~ $HOME',
    '\n touch g',
  ];
  const script = 'console.log(JSON.stringify(process.argv.slice(1)))';
  const { lastLines } = await runCommand(
    [process.execPath, '-e', script, ...words],
    { folder, env: {}, timeoutMs: 60_000 },
    { clock: systemClock, signal, baseEnv: {} },
  );
  expect(JSON.parse(lastLines.join(''))).toEqual(words);
  expect(await readdir(folder)).toEqual([]);
});

test('a program is given no variable of the user’s but what every program needs', async () => {
  const before = process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_SECRET_ACCESS_KEY = 'of the user';
  try {
    const { serviceEnv } = readSurroundings({ workspace: null });
    const needed =
      /^(PATH|HOME|USER|TMPDIR|TEMP|TMP|LANG|LC_ALL|TZ|SystemRoot|PATHEXT|APPDATA|LOCALAPPDATA)$/;
    for (const name of Object.keys(serviceEnv)) expect(name).toMatch(needed);
  } finally {
    if (before === undefined) delete process.env.AWS_SECRET_ACCESS_KEY;
    else process.env.AWS_SECRET_ACCESS_KEY = before;
  }
});

test('a program is not looked for in the folder that it is started in', async () => {
  const folder = await makeTempFolder();
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'breakwater-trap'), '#!/bin/sh\ntouch trapped\n', { mode: 0o755 });
  const started = runCommand(
    ['breakwater-trap'],
    { folder, env: {}, timeoutMs: 60_000 },
    { clock: systemClock, signal, baseEnv: { PATH: join(folder, 'bin') } },
  );
  await expect(started).rejects.toMatchObject({ code: 'SERVICE_NOT_READY' });
  expect(await readdir(folder)).not.toContain('trapped');
});
