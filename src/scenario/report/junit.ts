import type { ItemResult, RunResult } from '../../types-run.ts';
import { blameOf, headline } from './headline.ts';
import { escapeXml } from './xml.ts';

/**
 * The run as JUnit XML: a suite for each scenario, a case for each item. What could not be judged is an `error`,
 * so that no build takes it for a pass. Times are seconds: of a case as measured, of a suite the sum of its cases,
 * and of the whole from start to end, which is less where items ran side by side. In the shape of the schema of
 * Jenkins' xunit plugin (junit-10.xsd).
 */
export function renderRunJunit({ run, results }: RunResult): string {
  const titles = [...new Set(results.map(({ scenarioTitle }) => scenarioTitle))];
  const suites = titles.map((title) => {
    const own = results.filter(({ scenarioTitle }) => scenarioTitle === title);
    return [
      `  <testsuite name="${escapeXml(title)}" ${countCases(own)} time="${sumSeconds(own)}" timestamp="${run.startedAt.slice(0, 19)}">`,
      ...own.map(renderCase),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(run.id)}" ${countCases(results)} time="${wallSeconds(run) ?? sumSeconds(results)}">`,
    ...suites,
    '</testsuites>\n',
  ].join('\n');
}

function countCases(results: readonly ItemResult[]): string {
  const count = (value: string) => results.filter(({ verdict }) => verdict.value === value).length;
  return `tests="${results.length}" failures="${count('fail')}" errors="${count('inconclusive')}"`;
}

function sumSeconds(results: readonly ItemResult[]): string {
  return toSeconds(results.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0));
}

function wallSeconds({ startedAt, endedAt }: RunResult['run']): string | null {
  return endedAt === null ? null : toSeconds(Date.parse(endedAt) - Date.parse(startedAt));
}

function toSeconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

function renderCase(result: ItemResult): string {
  const { value } = result.verdict;
  const open = `    <testcase classname="${escapeXml(result.endpoint)}" name="${escapeXml(`${result.itemId} ${result.scenarioTitle}`)}" time="${sumSeconds([result])}"`;
  if (value === 'pass') return `${open}/>`;
  const text = escapeXml(headline(result));
  const element = value === 'fail' ? 'failure' : 'error';
  const type = value === 'fail' ? (blameOf(result) ?? 'unknown') : 'inconclusive';
  return `${open}>\n      <${element} type="${type}" message="${text}">${text}</${element}>\n    </testcase>`;
}
