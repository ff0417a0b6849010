import type { ErrorMessage, PhaseFigures } from '../../../../types-drill.ts';
import { quote, showMs, showPercent } from '../../../../units.ts';
import { countOf, failedShare, showCounts, showTail, tailMs } from '../figures.ts';
import type { Mark, Statement } from '../judgement.ts';
import type { Seen } from '../seen.ts';

/** Failures that come back within this have failed fast; beyond the other limit the service hangs. */
export const FAST_FAILURE_MS = 1_000;
export const HANG_MS = 5_000;
/** A dependency is needed when this share of the requests fails without it. */
export const NEEDED = 0.1;
/** A service that still answers this share of what it answered before degrades gracefully in part. */
const GRACEFUL = 0.5;

const STACK_TRACE =
  /\bat \S+ \(?\S+:\d+:\d+\)?|Traceback \(most recent call last\)|File "[^"]+", line \d+|\bat [\w.$]+\([\w]+\.java:\d+\)|goroutine \d+ \[/;
const HTML = /^\s*<(!doctype|html)/i;
const INTERNALS =
  /ECONN\w+|ENOTFOUND|EHOSTUNREACH|\b\d{1,3}(\.\d{1,3}){3}:\d+|SQLSTATE|could not connect to server|password authentication/i;

/** What failed answers show that their readers should not see. */
export interface Leaks {
  readonly stackTraces: number;
  readonly html: number;
  readonly internals: number;
}

/** Counts failed answers that show a stack trace, an HTML page or addresses and errors of the inside. */
export function countLeaks(errors: readonly ErrorMessage[]): Leaks {
  const count = (test: (error: ErrorMessage) => boolean) =>
    errors.filter(test).reduce((sum, error) => sum + error.count, 0);
  return {
    stackTraces: count(({ text }) => STACK_TRACE.test(text)),
    html: count(({ text, contentType }) => HTML.test(text) || contentType?.includes('html') === true),
    internals: count(({ text }) => INTERNALS.test(text)),
  };
}

/** Statuses and bodies of failed answers, what they give away, and how fast they came. */
export function errorMessages(seen: Seen): Statement {
  const { during } = seen;
  if (during.failed === 0)
    return { mark: 'good', text: `None: all ${countOf(during.requests, 'request')} were answered.` };
  const leaks = countLeaks(during.errors);
  const shown = [
    ...(leaks.stackTraces > 0 ? [`${leaks.stackTraces} show a stack trace`] : []),
    ...(leaks.html > 0 ? [`${leaks.html} are HTML pages`] : []),
    ...(leaks.internals > 0 ? [`${leaks.internals} name addresses or errors of the inside`] : []),
  ];
  const answered = during.errors.find(({ status }) => status !== null);
  const parts = [
    `${countOf(during.failed, 'request')} failed: ${showCounts(failedAnswers(during))}.`,
    ...(answered === undefined ? [] : [`Most often: ${showMessage(answered)}.`]),
    answered === undefined
      ? ''
      : shown.length === 0
        ? 'No stack trace or HTML was seen.'
        : `Of the most frequent, ${shown.join(', ')}.`,
    answered === undefined && during.timeouts === 0
      ? 'No failed request got an answer from the service.'
      : describeSpeed(seen),
  ];
  return { mark: markErrors(seen, leaks), text: parts.filter((part) => part !== '').join(' ') };
}

/** Share of requests that still succeeded, and how. */
export function gracefulDegradation(seen: Seen): Statement {
  const { during, before } = seen;
  const share = 1 - seen.addedFailed;
  const good = during.requests - during.failed;
  const text = `${showPercent(1 - failedShare(during))} of the requests still succeeded (${good} of ${during.requests}; before: ${showPercent(1 - failedShare(before))})`;
  const pace =
    good === 0
      ? ''
      : `, ${showTail(during.successLatency)} against ${showTail(before.successLatency)} before`;
  const mark: Mark = share >= 0.99 ? 'good' : share >= GRACEFUL ? 'warning' : 'bad';
  return { mark, text: `${text}${pace}. Answers: ${showCounts(during.answers)}.` };
}

/** How fast failures came back: whether the service fails fast or hangs. */
export function describeSpeed({ during, givesUpAfterMs }: Seen): string {
  const ms = tailMs(during.failureLatency);
  if (ms === null) return '';
  const waits =
    during.timeouts === 0
      ? ''
      : ` ${countOf(during.timeouts, 'request')} got no answer at all within ${showMs(givesUpAfterMs)}.`;
  const speed = ms <= FAST_FAILURE_MS ? 'It fails fast' : ms <= HANG_MS ? 'It fails slowly' : 'It hangs';
  return `${speed}: failures took ${showTail(during.failureLatency)}.${waits}`;
}

/** What the response times of the successes became. */
export function performanceImpact({ before, during, after, p95ToleratedMs: limitMs }: Seen): Statement {
  const [was, is] = [tailMs(before.successLatency), tailMs(during.successLatency)];
  const text = `Successes took ${showTail(during.successLatency)} against ${showTail(before.successLatency)} before and ${showTail(after.successLatency)} after`;
  if (was === null || is === null || limitMs === null) return { mark: 'none', text: `${text}.` };
  const times = was === 0 ? '' : ` (${(is / was).toFixed(1)} times)`;
  return {
    mark: is <= limitMs ? 'good' : is <= 5 * limitMs ? 'warning' : 'bad',
    text: `${text}${times}.`,
  };
}

/** What the users are told; the load calls an API, so that only its messages can be seen. */
export function userFeedback({ during }: Seen): Statement {
  const answered = during.errors.find(({ status }) => status !== null);
  const said =
    answered === undefined
      ? 'no failed request got a message'
      : `what failed answers said: ${showMessage(answered)}`;
  return {
    mark: 'none',
    text: `Not observable, because the drill calls the service without its user interface; ${said}.`,
  };
}

/** Statuses that count as failed, and outcomes without an answer. */
export function failedAnswers({ answers }: PhaseFigures): Readonly<Record<string, number>> {
  const isFailure = ([name]: readonly [string, number]) => !/^\d/.test(name) || Number(name) >= 500;
  return Object.fromEntries(Object.entries(answers).filter(isFailure));
}

function showMessage({ status, contentType, text }: ErrorMessage): string {
  const body = text.trim() === '' ? 'an empty body' : quote(text.replace(/\s+/g, ' ').trim(), 120);
  return `${status} ${contentType?.split(';')[0] ?? 'without content type'} ${body}`;
}

function markErrors({ during, isMomentary }: Seen, leaks: Leaks): Mark {
  const ms = tailMs(during.failureLatency) ?? 0;
  const silent = !isMomentary && !during.errors.some(({ status }) => status !== null);
  if (leaks.stackTraces > 0 || ms > HANG_MS || during.timeouts > 0 || silent) return 'bad';
  const clear = (during.answers['503'] ?? 0) + (during.answers['504'] ?? 0);
  const isClear = clear >= during.failed * 0.9;
  return isClear && ms <= FAST_FAILURE_MS && leaks.html + leaks.internals === 0 ? 'good' : 'warning';
}
