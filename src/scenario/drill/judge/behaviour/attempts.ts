import { showMs, showPercent } from '../../../../units.ts';
import { showRate, showSeconds } from '../figures.ts';
import type { Mark, Statement } from '../judgement.ts';
import { NO_DEPENDENCY } from '../metrics-of-dependencies.ts';
import type { Seen } from '../seen.ts';
import type { DependencySeen } from '../seen-traffic.ts';
import { HANG_MS, NEEDED } from './answers.ts';

/** So many attempts for each request and more are retries. */
export const RETRIED = 1.3;
/** Three attempts are what established clients make ("standard" mode of the AWS SDKs); more are a storm. */
export const STORM = 3.5;
/** A breaker is open when attempts fall to this share of the usual ones. */
const BROKEN_OFF = 0.2;
/** Answers of an open breaker come at once. */
const AT_ONCE_MS = 250;

const NOTHING: Statement = { mark: 'none', text: NO_DEPENDENCY };

/** How many connections there were in each phase, and how quickly they came back. */
export function connectionPool({ broken, recoveredAfterMs }: Seen): Statement {
  const [dependency] = broken;
  if (dependency === undefined) return NOTHING;
  const { baseline, failure, recovery } = dependency.phases;
  const open = `${baseline.usualOpen ?? '–'} connections to ${dependency.name} were open before, ${failure.usualOpen ?? '–'} during and ${recovery.usualOpen ?? 'none'} after (median)`;
  const back = dependency.poolBackAfterMs;
  if ((baseline.usualOpen ?? 0) === 0)
    return {
      mark: 'none',
      text: `${open}: no pool is kept open, connections are made when they are needed.`,
    };
  if (back === null) {
    const few = recoveredAfterMs === null ? 'bad' : 'good';
    return {
      mark: few,
      text: `${open}: ${recoveredAfterMs === null ? 'they did not come back' : 'fewer were needed after it'}.`,
    };
  }
  const mark: Mark = back <= HANG_MS ? 'good' : 'warning';
  return { mark, text: `${open}; as many as before were open ${showSeconds(back)} after the failure ended.` };
}

/** Attempts for each request at the proxy, and whether they multiply the load. */
export function retries(seen: Seen): Statement {
  const [dependency] = seen.broken;
  if (dependency === undefined) return NOTHING;
  const figures = showAttempts(dependency);
  const factor = attemptFactor(seen, dependency);
  if (factor === null) return { mark: 'none', text: `${figures}.` };
  if (seen.result.unexpectedEnds.length > 0 && factor < RETRIED)
    return { mark: 'warning', text: `${figures}: the process had ended, and could not try again.` };
  if (factor > STORM)
    return {
      mark: 'bad',
      text: `${figures}: each request tries ${factor.toFixed(1)} times, which multiplies the load on what is failing.`,
    };
  if (factor >= RETRIED)
    return { mark: 'good', text: `${figures}: failed attempts are repeated, and not often.` };
  if (isBreakerOpen(seen, dependency))
    return { mark: 'good', text: `${figures}: attempts stop while it is down, and none is repeated.` };
  const missing = seen.during.failed > 0 && seen.delayMs === 0;
  return { mark: missing ? 'warning' : 'good', text: `${figures}: nothing is tried again.` };
}

/** Whether failures become fast after a while and attempts at the dependency stop (the rule is in `isBreakerOpen`). */
export function circuitBreaker(seen: Seen): Statement {
  const [dependency] = seen.broken;
  if (dependency === undefined) return NOTHING;
  const usual = dependency.phases.baseline.attemptsPerRequest;
  const late = dependency.lateAttemptsPerRequest;
  if (usual === null || late === null)
    return { mark: 'none', text: 'No request was due while it could have acted.' };
  const figures = `${showRate(late)} attempts per request in the second half of the failure against ${showRate(usual)} before, answers within ${showMs(seen.lateP95Ms)}`;
  if (isBreakerOpen(seen, dependency)) return { mark: 'good', text: `One is open: ${figures}.` };
  return seen.addedFailed >= NEEDED
    ? {
        mark: 'bad',
        text: `None was seen: ${figures}, and ${showPercent(seen.addedFailed)} more of the requests failed.`,
      }
    : { mark: 'good', text: `None opened, and none was needed: ${figures}.` };
}

/** Whether connections are given back after the failure. */
export function connectionRelease(seen: Seen): Statement {
  const [dependency] = seen.broken;
  if (dependency === undefined) return NOTHING;
  const { baseline, failure, recovery } = dependency.phases;
  const voices = dependency.postgres;
  const stuck = voices?.recovery.mostIdleInTransaction ?? null;
  const asked =
    voices === null || stuck === null
      ? ''
      : ` PostgreSQL saw at most ${voices.failure.mostActive ?? '–'} active sessions during it, and ${stuck} idle in a transaction after it.`;
  const text = `At most ${baseline.mostOpen ?? '–'} connections were open before, ${failure.mostOpen ?? '–'} during and ${recovery.mostOpen ?? '–'} after the failure.${asked}`;
  return {
    mark: areConnectionsKept(seen, dependency) ? 'bad' : recovery.mostOpen === null ? 'none' : 'good',
    text,
  };
}

/**
 * Sessions are left idle in a transaction, or half as many connections again (and two more) stay open as the service
 * does not recover. A pool that has grown and works keeps its connections for a while, which is no leak.
 */
export function areConnectionsKept(
  { recoveredAfterMs }: Seen,
  { phases, postgres }: DependencySeen,
): boolean {
  const limit = (phases.baseline.mostOpen ?? 0) * 1.5 + 2;
  const idle = postgres?.recovery.mostIdleInTransaction ?? 0;
  if (idle > (postgres?.baseline.mostIdleInTransaction ?? 0) + 1) return true;
  return recoveredAfterMs === null && (phases.recovery.usualOpen ?? 0) > limit;
}

/**
 * Attempts for each request: against those before the failure where answers are only late, else as they are, since
 * of the queries of a request that fails at the first only the first is tried. `null`: not known.
 */
export function attemptFactor(seen: Seen, { phases }: DependencySeen): number | null {
  const during = phases.failure.attemptsPerRequest;
  if (during === null || seen.delayMs === 0) return during;
  const before = phases.baseline.attemptsPerRequest;
  return before === null || before === 0 ? null : during / before;
}

/**
 * In the second half of the failure, attempts at the dependency for each request are down to 20 % of those before,
 * and answers come within 250 ms or as quickly as from a recovered service (by the median p95 of the windows). A
 * service whose process has ended has no breaker.
 */
export function isBreakerOpen(seen: Seen, dependency: DependencySeen): boolean {
  const usual = dependency.phases.baseline.attemptsPerRequest ?? 0;
  const late = dependency.lateAttemptsPerRequest;
  if (usual === 0 || late === null || seen.lateP95Ms === null) return false;
  if (seen.result.unexpectedEnds.length > 0) return false;
  return late <= usual * BROKEN_OFF && seen.lateP95Ms <= Math.max(AT_ONCE_MS, seen.p95LimitMs ?? 0);
}

function showAttempts({ name, phases }: DependencySeen): string {
  const show = (value: number | null) => (value === null ? '–' : value.toFixed(2));
  return `${show(phases.failure.attemptsPerRequest)} attempts at ${name} per request during the failure against ${show(phases.baseline.attemptsPerRequest)} before`;
}
