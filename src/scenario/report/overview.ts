import type { ItemResult, RunResult } from '../../types-run.ts';
import { formatDuration } from '../../units.ts';
import { blameOf, countHollow } from './headline.ts';

/** Items by verdict; the failed ones by who is responsible. */
export interface VerdictCounts {
  readonly items: number;
  readonly pass: number;
  readonly fail: number;
  readonly failByTarget: number;
  /** Failed, and it could not be told by whom. */
  readonly failUnknown: number;
  readonly inconclusive: number;
}

/** Counts the verdicts of some items. */
export function countVerdicts(results: readonly ItemResult[]): VerdictCounts {
  const count = (value: ItemResult['verdict']['value']) =>
    results.filter(({ verdict }) => verdict.value === value).length;
  return {
    items: results.length,
    pass: count('pass'),
    fail: count('fail'),
    failByTarget: results.filter((result) => blameOf(result) === 'target').length,
    failUnknown: results.filter((result) => result.verdict.value === 'fail' && blameOf(result) === null)
      .length,
    inconclusive: count('inconclusive'),
  };
}

/** `24 items: 17 pass, 5 fail (2 by the application, 3 explained by the fault), 2 inconclusive`. */
export function showCounts({
  items,
  pass,
  fail,
  failByTarget,
  failUnknown,
  inconclusive,
}: VerdictCounts): string {
  const parts = [
    { count: failByTarget, by: 'by the application itself' },
    { count: fail - failByTarget - failUnknown, by: 'explained by the injected fault' },
    { count: failUnknown, by: 'of unknown cause' },
  ].filter(({ count }) => count > 0);
  const split = parts.map(({ count, by }) => (parts.length === 1 ? by : `${count} ${by}`)).join(', ');
  return `${items} ${items === 1 ? 'item' : 'items'}: ${pass} pass, ${fail} fail${split === '' ? '' : ` (${split})`}, ${inconclusive} inconclusive`;
}

/** How long the run took, to tenths of a second; `null` while it goes. */
export function runDuration({ run }: RunResult): string | null {
  if (run.endedAt === null) return null;
  const ms = Date.parse(run.endedAt) - Date.parse(run.startedAt);
  return ms < 1_000 ? `${ms}ms` : formatDuration(Math.round(ms / 100) * 100);
}

/** What the run says as a whole, in two to four sentences for somebody who reads nothing else. */
export function describeRun(result: RunResult): string {
  const counts = countVerdicts(result.results);
  const sentences = [`${showCounts(counts)}.`];
  if (result.run.state !== 'finished') sentences.unshift(STATE[result.run.state]);
  const own = result.results.filter((each) => blameOf(each) === 'target');
  if (own.length > 0) {
    const endpoints = [...new Set(own.map(({ endpoint }) => endpoint))];
    sentences.push(`The application has to answer for ${listSome(endpoints)}.`);
  } else if (counts.failUnknown > 0) {
    sentences.push('Whether the faults or the application caused what failed is not known everywhere.');
  } else if (counts.fail > 0) {
    sentences.push('What failed is what was injected; nothing is said against the application.');
  } else if (result.results.some((each) => countHollow(each) > 0)) {
    sentences.push(
      'Nothing failed as declared, but some answers were hollow: 2xx although every call to a dependency failed.',
    );
  } else if (counts.pass > 0 && counts.inconclusive === 0) {
    sentences.push('The service held under every fault that was tried.');
  }
  if (counts.inconclusive > 0) {
    sentences.push(`${counts.inconclusive} could not be judged; below is what would settle them.`);
  }
  return sentences.join(' ');
}

const STATE: Readonly<Record<RunResult['run']['state'], string>> = {
  running: 'The run is still going; this is what is known so far.',
  finished: '',
  cancelled: 'The run was cancelled; this is what was measured until then.',
  interrupted: 'The run was interrupted, its process ended; this is what was measured until then.',
  failed: 'The run could not be brought to its end; this is what was measured until then.',
};

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}
