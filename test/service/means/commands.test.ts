import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { stopByCommand } from '../../../src/service/means/commands.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';
import { makeGround } from './ground.ts';

/** A command that writes a line to the file `log` of the folder that it runs in, and ends with `code`. */
function writeLine(line: string, code = 0): readonly string[] {
  const script = `require('node:fs').appendFileSync('log', ${JSON.stringify(`${line}\n`)}); process.exit(${code});`;
  return [process.execPath, '-e', script];
}

async function makeWorkspace() {
  const folder = await makeTempFolder();
  return {
    app: { folder, env: {} },
    readLog: () =>
      existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') : [],
  };
}

async function failing(promise: Promise<unknown>): Promise<AppError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`expected an AppError, got ${String(error)}`);
}

test('the stop command runs in the workspace, and end runs the start command, once', async () => {
  const { app, readLog } = await makeWorkspace();
  const ground = await makeGround();
  const active = await stopByCommand(writeLine('stop'), writeLine('start'), { ...ground, app });
  expect(readLog()).toEqual(['stop']);
  expect(await ground.listNotes()).toMatchObject([
    { mend: { kind: 'command', command: writeLine('start'), folder: app.folder } },
  ]);
  await Promise.all([active.end(), active.end()]);
  await active.end();
  expect(readLog()).toEqual(['stop', 'start']);
  expect(await ground.listNotes()).toEqual([]);
  expect(await active.evidence()).toMatchObject({
    value: true,
    evidence: expect.stringContaining('exit code 0'),
  });
});

test('a stop command that fails is told with its exit code, and what it may have stopped is started', async () => {
  const { app, readLog } = await makeWorkspace();
  const ground = await makeGround();
  const error = await failing(stopByCommand(writeLine('stop', 3), writeLine('start'), { ...ground, app }));
  expect(error.code).toBe('COMMAND_FAILED');
  expect(error.message).toContain('ended with exit code 3, expected exit code 0');
  expect(readLog()).toEqual(['stop', 'start']);
  expect(await ground.listNotes()).toEqual([]);
});

test('a start command that fails leaves its note, says what to do by hand, and may be tried again', async () => {
  const { app, readLog } = await makeWorkspace();
  const ground = await makeGround();
  const start = [
    process.execPath,
    '-e',
    `
    const fs = require('node:fs');
    fs.appendFileSync('log', 'try\\n');
    process.exit(fs.existsSync('repaired') ? 0 : 9);`,
  ];
  const active = await stopByCommand(writeLine('stop'), start, { ...ground, app });
  const error = await failing(active.end());
  expect(error.message).toMatch(/^What the drill stopped was not started again: /);
  expect(error.message).toContain('exit code 9');
  expect(error.hint).toContain(`Start it by hand, in ${app.folder}`);
  expect(await ground.listNotes()).toHaveLength(1);
  writeFileSync(join(app.folder, 'repaired'), '');
  await active.end();
  expect(readLog()).toEqual(['stop', 'try', 'try']);
  expect(await ground.listNotes()).toEqual([]);
});

test('a program that does not exist is named, and nothing is left noted when start works', async () => {
  const { app } = await makeWorkspace();
  const ground = await makeGround();
  const error = await failing(
    stopByCommand(['no-such-program-here'], writeLine('start'), { ...ground, app }),
  );
  expect(error.message).toContain('"no-such-program-here" was not found');
  expect(await ground.listNotes()).toEqual([]);
});

test('cancelling while the stop command runs ends it and starts again what it may have stopped', async () => {
  const { app, readLog } = await makeWorkspace();
  const abort = new AbortController();
  const ground = await makeGround(abort.signal);
  const slow = [
    process.execPath,
    '-e',
    `require('node:fs').appendFileSync('log', 'stop\\n'); setInterval(() => {}, 1000);`,
  ];
  const stopping = stopByCommand(slow, writeLine('start'), { ...ground, app });
  await expect.poll(readLog, { timeout: 30_000 }).toEqual(['stop']);
  abort.abort(new Error('enough'));
  await expect(stopping).rejects.toThrow('enough');
  expect(readLog()).toEqual(['stop', 'start']);
});
