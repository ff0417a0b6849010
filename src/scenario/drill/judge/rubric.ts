import { showMs, showPercent } from '../../../units.ts';
import { countLeaks } from './behaviour/answers.ts';
import { isHealthLying } from './behaviour/health.ts';
import { countOf, showNoRecovery, showSeconds, showTail, tailMs } from './figures.ts';
import type { DrillScore, Points } from './judgement.ts';
import type { Seen } from './seen.ts';

/** All points of a column. */
const ALL = 10;
/** What slowness can take from graceful degradation. */
const SLOWNESS = 5;
/** A recovery within this has all points, and each tenfold of it takes some. */
const AT_ONCE_MS = 500;
const PER_TENFOLD = 2.5;
/** A recovery that misses its RTO has no more than this. */
const MISSED = 4;
/** Clear answers, quick answers, and answers that give nothing away. */
const CLARITY = { clear: 4, quick: 4, discreet: 2 } as const;
const QUICK_MS = 1_000;
const SLOW_MS = 10_000;
/** From this share of failed requests on, how they failed counts in full. */
const MANY = 0.1;
const LYING_HEALTH = 1;
const PROCESS_ENDED = 3;

/**
 * Scores a drill by the written rubric of docs/drills.md: the mean of three columns of 10 points each. Every column
 * falls, or stays, when what it is made from grows worse.
 */
export function scoreDrill(seen: Seen): DrillScore {
  const columns = {
    gracefulDegradation: scoreDegradation(seen),
    recoveryTime: scoreRecovery(seen),
    errorHandling: scoreErrors(seen),
  };
  const sum = columns.gracefulDegradation.points + columns.recoveryTime.points + columns.errorHandling.points;
  return { ...columns, total: round(sum / 3) };
}

/**
 * 10 × the share of requests that succeeded although the failure was on (against the baseline), less up to 5 points
 * for slowness: all 5 where the p95 of the successes is ten times what counts as recovered; a delay that was put
 * into the answers of a dependency may be felt once, up to 1 s. A failure that is over
 * at once, such as a crash, is spread over the time that its plan gives to the failure.
 */
function scoreDegradation(seen: Seen): Points {
  const lost = lostShare(seen);
  const ms = tailMs(seen.during.successLatency);
  const limitMs = seen.p95ToleratedMs ?? 0;
  const slow = ms === null || limitMs === 0 ? 0 : clamp(Math.log10(ms / limitMs), 1) * SLOWNESS;
  const pace =
    ms === null || slow === 0 ? '' : `, p95 of the others ${showMs(ms)} where ${showMs(limitMs)} is well`;
  return {
    points: round(Math.max(0, ALL * (1 - lost) - slow)),
    because: `${showPercent(lost)} of the requests were lost to the failure${pace}`,
  };
}

/** 10 up to 0.5 s, 2.5 less for each tenfold of it; at most 4 beyond the RTO, 0 where it did not recover. */
function scoreRecovery({ recoveredAfterMs: ms, rtoMs, result }: Seen): Points {
  if (ms === null) return { points: 0, because: showNoRecovery(result) };
  const free = clamp(ALL - PER_TENFOLD * Math.log10(Math.max(ms, AT_ONCE_MS) / AT_ONCE_MS), ALL);
  const missed = rtoMs !== null && ms > rtoMs;
  return {
    points: round(missed ? Math.min(free, MISSED) : free),
    because: `recovered ${showSeconds(ms)} after the failure ended${missed ? `, beyond the RTO of ${showSeconds(rtoMs)}` : ''}`,
  };
}

/**
 * 10 where nothing failed. Of what failed: 4 points for clear answers (503, 504 or 429 count in full, other answers
 * half, no answer not at all), 4 for quick ones (p95 within 1 s; none from 10 s on, nor for requests that got no answer in time), 2 for giving nothing away (no
 * stack trace, HTML page or inner address). Below 10 % of failed requests the loss counts in proportion. A health
 * endpoint that says "well" meanwhile takes 1 more, each end of the process 3.
 */
function scoreErrors(seen: Seen): Points {
  const { during, result } = seen;
  const ends = result.unexpectedEnds.length;
  const lying = isHealthLying(seen);
  const [loss, what] = during.failed === 0 ? [0, 'nothing failed'] : lossByErrors(seen);
  const points = ALL - loss - (lying ? LYING_HEALTH : 0) - ends * PROCESS_ENDED;
  const more = [
    ...(lying ? ['the health endpoint said that all was well'] : []),
    ...(ends > 0 ? [`the process ended ${countOf(ends, 'time')}`] : []),
  ];
  return { points: round(Math.max(0, points)), because: [what, ...more].join('; ') };
}

function lossByErrors({ during }: Seen): readonly [number, string] {
  const { failed, answers, errors, failureLatency, requests, timeouts } = during;
  const count = (statuses: readonly string[]) =>
    statuses.reduce((sum, status) => sum + (answers[status] ?? 0), 0);
  const clear = Math.min(1, count(['503', '504']) / failed);
  const answered = Object.entries(answers).filter(([name]) => Number(name) >= 500);
  const unclear = Math.min(1, answered.reduce((sum, [, each]) => sum + each, 0) / failed) - clear;
  const ms = tailMs(failureLatency) ?? 0;
  const pace = 1 - clamp(Math.log10(Math.max(ms, QUICK_MS) / QUICK_MS) / Math.log10(SLOW_MS / QUICK_MS), 1);
  // Who hears nothing has not failed quickly, however soon the users give up.
  const quick = pace * (1 - timeouts / failed);
  const leaks = countLeaks(errors);
  const listed = errors.reduce((sum, error) => sum + error.count, 0);
  const leaking = listed === 0 ? 0 : Math.max(leaks.stackTraces, leaks.html, leaks.internals) / listed;
  const quality =
    CLARITY.clear * (clear + unclear / 2) + CLARITY.quick * quick + CLARITY.discreet * (1 - leaking);
  const weight = Math.min(1, failed / requests / MANY);
  const [told, other] = [Math.round(clear * failed), Math.round(unclear * failed)];
  const shown = `of ${countOf(failed, 'failed request')} ${told} got 503 or 504, ${other} another status and ${failed - told - other} no answer; failures took ${showTail(failureLatency)}`;
  const leak = leaking > 0 ? `; ${showPercent(leaking)} of the messages gave something away` : '';
  return [(ALL - quality) * weight, `${shown}${leak}`];
}

function lostShare({ addedFailed, isMomentary, during, result }: Seen): number {
  if (!isMomentary) return addedFailed;
  const { users, ratePerUser, failureMs } = result.plan;
  const due = (users * ratePerUser * failureMs) / 1_000;
  return clamp((addedFailed * during.requests) / Math.max(1, due), 1);
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

function round(points: number): number {
  return Math.round(points * 10) / 10;
}
