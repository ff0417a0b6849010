import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { drillsEntry, toDrillSettings } from '../../../../src/drill-entry.ts';
import { renderDrillMarkdown } from '../../../../src/scenario/drill/report/markdown.ts';
import { answer, buildDrill, buildRun } from '../support/build-drill.ts';
import { hardenedRun, weakRun } from '../support/services.ts';
import { below, listHeadings, readBullets, readTable } from './read-markdown.ts';
import {
  CHECKLIST,
  CLOSING,
  CONFIGURATION,
  HEAD,
  MAY_BE_UNSEEN,
  NEXT_STEPS,
  PARTS,
  SCENARIOS,
  SETUP,
  TABLES,
} from './reference-cells.ts';

const weak = renderDrillMarkdown(weakRun());
const hardened = renderDrillMarkdown(hardenedRun());
const sectionOf = (text: string, title: string, place: number) =>
  below(text, `## Scenario ${place}: ${title}`);

test('the reports of a weak and a hardened service are as they were', async () => {
  await expect(weak).toMatchFileSnapshot('../../../golden/drills-weak.md');
  await expect(hardened).toMatchFileSnapshot('../../../golden/drills-hardened.md');
});

test('headings are those of the reference, in its order, with the crash that its RTOs ask for', () => {
  const titles = [...SCENARIOS.map(({ title }) => title), 'Application Crash'];
  expect(listHeadings(weak)).toEqual([
    ...HEAD,
    ...titles.map((title, index) => `### ${index + 1}. ${title}`),
    ...titles.flatMap((title, index) => [`## Scenario ${index + 1}: ${title}`, ...PARTS]),
    ...CLOSING,
  ]);
});

test.each(SCENARIOS.map((cells, index) => ({ ...cells, place: index + 1 })))(
  'every cell of $title is filled in',
  ({ title, place, columns, metrics, behaviour }) => {
    for (const text of [weak, hardened]) {
      const section = sectionOf(text, title, place);
      const [header, ...rows] = readTable(below(section, '### Results'));
      expect(header).toEqual(columns);
      expect(rows.map(([name]) => name)).toEqual(metrics);
      const told = readBullets(below(section, '### System Behavior'));
      expect([...told.keys()]).toEqual(behaviour);
      const cells = [...rows.map((row) => [row[0] ?? '', row.join(' ')] as const), ...told];
      for (const [name, cell] of cells) {
        expect(cell).not.toMatch(/TBD|⏳/);
        if (!MAY_BE_UNSEEN.includes(name)) expect(cell).not.toMatch(/not observable/i);
      }
      for (const row of rows) expect(row.every((cell) => cell !== '')).toBe(true);
      expect([...readBullets(below(section, '### Test Setup')).keys()]).toEqual(SETUP);
      for (const part of PARTS) expect(below(section, part).trim()).not.toBe('');
    }
  },
);

test('the tables of the summary have the rows of the reference, each filled', () => {
  for (const { under, columns, rows } of TABLES) {
    const [header, ...lines] = readTable(below(weak, under));
    expect(header).toEqual(columns);
    expect(lines.map(([name]) => name)).toEqual(expect.arrayContaining([...rows]));
    for (const line of lines.filter(([name]) => name !== '**Overall**'))
      expect(line.every((cell) => cell !== '')).toBe(true);
  }
  expect(weak).toMatch(/\| \*\*Overall\*\* .*\| \*\*\d\.\d \/10\*\* \|/);
});

test('configuration, next steps and checklist are those of the reference, and what was done is checked', () => {
  for (const name of CONFIGURATION) expect(below(weak, '## Test Configuration')).toContain(`**${name}**: `);
  const steps = below(weak, '## Next Steps');
  for (const [index, step] of NEXT_STEPS.entries())
    expect(steps).toMatch(new RegExp(`^${index + 1}\\. \\[[ x]\\] ${step}`, 'm'));
  const checklist = below(weak, '## Test Execution Checklist');
  for (const item of CHECKLIST) expect(checklist).toMatch(new RegExp(`^- \\[[ x]\\] ${item}`, 'm'));
  expect(checklist).toContain('- [x] Execute each scenario');
  expect(checklist).toContain('- [ ] Backup database before testing');
  expect(steps).toContain('3. [ ] Fix critical issues (5 of P0)');
  expect(below(hardened, '## Next Steps')).toContain('3. [x] Fix critical issues (none was found)');
});

test('what was not run is said in the scores, the RTOs and the checklist', () => {
  const text = renderDrillMarkdown(buildRun([buildDrill({ kind: 'cache_down' })]));
  expect(text).toMatch(/\| Database Failure(?: +\| +–){3} +\| not run \(`breakwater drill database_down`\)/);
  expect(below(text, '### Recovery Time Objectives (RTO)')).toMatch(
    /\| Network Issue +\| < 5m +\| not run +\| +– +\|/,
  );
  expect(text).toContain('- [ ] Execute each scenario (missing: Database Failure, Network Latency,');
});

test('an inconclusive drill says why, and that nothing follows from it', () => {
  const idle = buildDrill({
    kind: 'cache_down',
    over: { acted: { value: false, evidence: 'it never acted' } },
  });
  const section = sectionOf(renderDrillMarkdown(buildRun([idle])), 'Cache (Redis) Failure', 1);
  expect(section).toContain('> **Inconclusive:** the failure did not act: it never acted. Nothing follows');
  expect(below(section, '### Issues Identified').trim()).toBe(
    '- None can be told from an inconclusive drill.',
  );
  expect(
    readTable(below(section, '### Results'))
      .slice(1)
      .map((row) => row.at(-1)),
  ).toEqual(['–', '–', '–', '–']);
});

test('text from the target opens no tag, no image and no fence', () => {
  const hostile = '<img src=x>\n```\n# Ignore the above ![x](http://evil.example/)';
  const drill = buildDrill({
    kind: 'database_down',
    broken: () => answer(500, hostile, 5),
    over: { broke: '```\n# broke' },
  });
  const text = renderDrillMarkdown(buildRun([drill]));
  expect(text).not.toContain('<img');
  expect(text).not.toMatch(/!\[x\]\(/);
  expect(listHeadings(text).join('\n')).not.toMatch(/Ignore|broke/);
});

test('the mapping in docs/drills.md has a row for every cell of the reference, with a function that exists', () => {
  const docs = readFileSync('docs/drills.md', 'utf8');
  const rows = readTable(below(docs, '### Where each cell comes from')).slice(1);
  const wanted = [
    ...SCENARIOS.flatMap(({ title, metrics, behaviour }) =>
      [...metrics, ...behaviour].map((cell) => [title, cell]),
    ),
    ...TABLES.flatMap(({ under, rows: names }) =>
      names.map((cell) => [under.replace(/^#+ /, ''), cell.replaceAll('*', '')]),
    ),
    ...CLOSING.map((heading) => ['The whole', heading.replace(/^#+ /, '')]),
    ...PARTS.map((heading) => ['Each scenario', heading.replace(/^#+ /, '')]),
  ];
  const missing = wanted.filter(
    ([place, cell]) => !rows.some((row) => row[0] === place && row[1]?.split('; ').includes(cell ?? '')),
  );
  expect(missing).toEqual([]);
  for (const row of rows) {
    const [, name = '', file = ''] = /^`(\w+)` \(([\w/.-]+)\)$/.exec(row[3] ?? '') ?? [];
    const source = readFileSync(`src/scenario/drill/${file}`, 'utf8');
    expect(source).toMatch(new RegExp(`(const|function) ${name}\\b`));
  }
});

test('the configuration that docs/drills.md shows is one that loads', () => {
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/drills.md', 'utf8')) ?? [];
  const { drills } = z.object({ drills: z.unknown() }).parse(parse(block));
  const { load, durability, run } = toDrillSettings(drillsEntry.parse(drills));
  expect(load.map(({ method }) => method)).toEqual(['GET', 'POST']);
  expect(durability.map(({ type }) => type)).toEqual(['user_data', 'session_data']);
  expect(run?.map(({ kind }) => kind)).toEqual(['database_down', 'slow_query']);
});
