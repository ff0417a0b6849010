import type { ItemResult, RunResult } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { ORDER_NOTICE } from '../run/order.ts';
import { blameOf, countHollow, describeSlowdown, joinReasons } from './headline.ts';
import { countVerdicts, runDuration, showCounts } from './overview.ts';

/** About 1,500 tokens; a model reads it as a whole. */
const MAX_CHARS = 5_500;
const MAX_LINE = 320;
/** Notices are told in short; the report has them in full. */
const MAX_NOTICES = 6;
const MAX_NOTICE = 200;

/** Sums the run up for a model: counts first, then each failed and inconclusive item with reason and figures. */
export function renderRunSummary(result: RunResult): string {
  const { run, results } = result;
  const duration = runDuration(result);
  const head = `${run.id} ${run.state}: ${showCounts(countVerdicts(results))}. Seed ${run.seed}${duration === null ? '' : `, ${duration}`}.`;
  const waiting = run.items.length - results.length;
  const lines = [
    head,
    ...(waiting > 0 ? [`${waiting} of ${run.items.length} items are not judged yet.`] : []),
    ...group(
      'Failed by the application itself:',
      results.filter((each) => blameOf(each) === 'target'),
    ),
    ...group(
      'Failed, explained by the injected fault (nothing is said against the application):',
      results.filter((each) => blameOf(each) === 'injected'),
    ),
    ...group(
      'Failed, and whether the fault or the application caused it is not known:',
      results.filter((each) => each.verdict.value === 'fail' && blameOf(each) === null),
    ),
    ...group(
      'Inconclusive:',
      results.filter(({ verdict }) => verdict.value === 'inconclusive'),
    ),
    ...group('Passed, but slower than injected:', results.filter(isAmplified)),
    ...group(
      'Passed as declared, but with hollow answers (2xx although every call to a dependency failed):',
      results.filter((each) => each.verdict.value === 'pass' && countHollow(each) > 0),
    ),
  ];
  const notices = showNotices(result);
  return `${shorten(lines, MAX_CHARS - notices.length)}${notices}`;
}

/** What the run and its items want said beside the verdicts: how it was ordered, what could not be meant as written. */
function showNotices({ run, results }: RunResult): string {
  const notices = [...run.notices, ...results.flatMap((result) => result.notices)];
  const texts = [
    ...new Set(
      notices.map(({ where, message }) => (where === ORDER_NOTICE ? message : `${where}: ${message}`)),
    ),
  ];
  if (texts.length === 0) return '';
  const left = texts.length - MAX_NOTICES;
  return [
    '\nNotices:',
    ...texts.slice(0, MAX_NOTICES).map((text) => `- ${cut(text, MAX_NOTICE)}`),
    ...(left > 0 ? [`… and ${left} more in the full report`] : []),
    '',
  ].join('\n');
}

function group(title: string, results: readonly ItemResult[]): string[] {
  return results.length === 0 ? [] : ['', title, ...results.map(describeItem)];
}

function describeItem(result: ItemResult): string {
  const { verdict, observed, baseline, requests, failed } = result;
  const remedy = verdict.value === 'inconclusive' ? (verdict.reasons[0]?.remedy ?? '') : '';
  const times = baseline.p50Ms === null ? '' : `, baseline ${showMs(baseline.p50Ms)}`;
  const figures =
    requests > 1
      ? ` [p50 ${showMs(observed.p50Ms)}, p95 ${showMs(observed.p95Ms)}${times}; ${failed} of ${requests} failed]`
      : '';
  const text = `- ${result.itemId} ${result.endpoint} · ${result.scenarioTitle}: ${[
    joinReasons(verdict.reasons),
    remedy,
    describeSlowdown(result),
  ]
    .map((part) => part.replace(/\.$/, ''))
    .filter((part) => part !== '')
    .join('. ')}${figures}`;
  return cut(text, MAX_LINE);
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text;
}

function isAmplified({ verdict, amplification }: ItemResult): boolean {
  return verdict.value === 'pass' && amplification !== null && amplification >= 1.5;
}

/** As many lines as fit; what is left out is counted. */
function shorten(lines: readonly string[], limit: number): string {
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (text.length + line.length > limit) {
      const left = lines.slice(index).filter((each) => each.startsWith('- ')).length;
      return `${text}… and ${left} more items; run_report with view full shows them.\n`;
    }
    text += `${line}\n`;
  }
  return text;
}
