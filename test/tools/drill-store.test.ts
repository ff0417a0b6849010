import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store.ts';
import { keepDrillRun } from '../../src/tools/session/drill-store.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { weakRun } from '../scenario/drill/support/services.ts';

test('drills that have ended leave every report, those under way their measurements only', async () => {
  const workspace = await makeTempFolder();
  const store = openStore(workspace);
  const run = weakRun();
  const folder = join(workspace, '.breakwater/drills', run.id);
  await keepDrillRun({ ...run, state: 'running', endedAt: null }, store);
  expect(await readdir(folder)).toEqual(['drill.json']);
  await keepDrillRun(run, store);
  expect((await readdir(folder)).toSorted()).toEqual(['drill.json', 'junit.xml', 'report.html', 'report.md']);
  const text = (name: string) => store.readText(`drills/${run.id}/${name}`);
  expect(await text('report.md')).toMatch(/^# Failure Scenarios Test Results\n/);
  expect(await text('report.html')).toMatch(/^<!doctype html>/);
  expect(await text('junit.xml')).toContain('<testsuites');
});
