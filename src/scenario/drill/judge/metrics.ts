import type { DrillPhase, PhaseFigures } from '../../../types-drill.ts';
import { showBytes, showMs, showPercent } from '../../../units.ts';
import { failedShare, showNoRecovery, showRate, showSeconds, tailMs } from './figures.ts';
import type { Mark, MetricRow } from './judgement.ts';
import { markLoad, showLoad } from './metrics-of-dependencies.ts';
import type { Seen } from './seen.ts';
import type { VitalsSeen } from './seen-vitals.ts';

/** Makes one row of the table of a drill. */
export type Metric = (seen: Seen) => MetricRow;

/** Up to this share of errors the experience is fair. */
const FEW = 0.05;
/** Throughput of successes from this share of the baseline's on is good; half of it is a warning. */
const KEPT = 0.98;
const HALVED = 0.5;
/** Response times up to this many times what counts as well are a warning. */
const SLOW = 5;
/** Where no target is set, a recovery within this is good, and a later one a warning. */
export const QUICK_RECOVERY_MS = 5_000;

/** Share of failed requests. Good: within the tolerance of recovery; warning: up to half; bad: more, or it stays. */
export const errorRate: Metric = (seen) => {
  const tolerated = seen.config.recovery.errorShare;
  const during: Mark =
    seen.addedFailed <= tolerated ? 'good' : seen.addedFailed <= HALVED ? 'warning' : 'bad';
  const kept = failedShare(seen.after) - failedShare(seen.before) > tolerated;
  return rowOf(seen, 'Error Rate', (phase) => showPercent(failedShare(phase)), kept ? 'bad' : during);
};

/** p95. Good: as quick as a recovered service must be (an injected delay felt once); warning: up to five times that. */
export const responseTime: Metric = (seen) => {
  const [during, after] = [tailMs(seen.during.latency), tailMs(seen.after.latency)];
  const mark = (ms: number | null, limitMs: number | null): Mark => {
    if (limitMs === null || ms === null) return 'none';
    return ms <= limitMs ? 'good' : ms <= limitMs * SLOW ? 'warning' : 'bad';
  };
  const worst = mark(after, seen.p95LimitMs) === 'bad' ? 'bad' : mark(during, seen.p95ToleratedMs);
  return rowOf(seen, 'Response Time', ({ latency }) => showP95(latency), worst);
};

/** Requests that came to an end per second, with the good ones beside it where some failed; judged by the good ones. */
export const requestsPerSecond: Metric = (seen) =>
  rowOf(seen, 'Requests/sec', (phase) => showThroughput(phase), markThroughput(seen));

/** The same, as the reference names it for a saturated processor. */
export const throughput: Metric = (seen) =>
  rowOf(seen, 'Throughput', (phase) => `${showThroughput(phase)} RPS`, markThroughput(seen));

/** Time from the end of the failure to the first success after which the windows held, judged by the RTO. */
export const recoveryTime: Metric = (seen) => {
  const after =
    seen.recoveredAfterMs === null ? showNoRecovery(seen.result) : showSeconds(seen.recoveredAfterMs);
  return { metric: 'Recovery Time', before: 'N/A', during: 'N/A', after, mark: markRecovery(seen) };
};

/** Requests that nobody answered while the users waited. Good: none; warning: up to 1 %. */
export const timeoutErrors: Metric = (seen) =>
  rowOf(seen, 'Timeout Errors', ({ timeouts }) => String(timeouts), markTimeouts(seen));

/** The same, as the reference names it for slow queries. */
export const requestTimeout: Metric = (seen) =>
  rowOf(seen, 'Request Timeout', ({ timeouts }) => String(timeouts), markTimeouts(seen));

/**
 * How it felt, by J. Nielsen's limits of response times: good up to 1 s and 1 % errors, fair up to 10 s and 5 %
 * errors, else poor ("Usability Engineering", 1993, chapter 5).
 */
export const userExperience: Metric = (seen) => {
  const feel = (phase: PhaseFigures) => {
    const ms = tailMs(phase.latency);
    if (ms === null) return '–';
    const share = failedShare(phase);
    return ms <= 1_000 && share <= 0.01 ? 'Good' : ms <= 10_000 && share <= FEW ? 'Fair' : 'Poor';
  };
  const marks: Readonly<Record<string, Mark>> = { Good: 'good', Fair: 'warning', Poor: 'bad' };
  return rowOf(seen, 'User Experience', feel, marks[feel(seen.during)] ?? 'none');
};

/** Most requests that waited at one time. Good: up to three times as many as before; warning: it did not grow on. */
export const queueLength: Metric = (seen) =>
  rowOf(seen, 'Queue Length', ({ inFlightMax }) => String(inFlightMax), markQueue(seen));

/** Work of the other dependencies, which stand in for the one that is down. */
export const databaseLoad: Metric = (seen) => ({
  metric: 'Database Load',
  before: showLoad(seen, 'baseline'),
  during: showLoad(seen, 'failure'),
  after: showLoad(seen, 'recovery'),
  mark: markLoad(seen),
});

/** Memory of the machine and of the target, at their peaks. Bad: above 95 % of the machine. */
export const memoryUsage: Metric = (seen) => {
  const show = ({ machineMemoryShare: share, targetBytes }: VitalsSeen) =>
    [
      ...(share === null ? [] : [`${showPercent(share)} of the machine`]),
      ...(targetBytes === null ? [] : [`${showBytes(targetBytes)} in the service`]),
    ].join(', ');
  return vitalRow(seen, 'Memory Usage', show, ({ machineMemoryShare: share }) =>
    share === null ? 'none' : share <= 0.85 ? 'good' : share <= 0.95 ? 'warning' : 'bad',
  );
};

/** Swap in use, at its peak. Good: no more than before. */
export const swapUsage: Metric = (seen) => {
  const before = seen.vitals.baseline.swapUsedBytes ?? 0;
  const show = ({ swapUsedBytes: bytes }: VitalsSeen) =>
    bytes === null ? '' : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return vitalRow(seen, 'Swap Usage', show, ({ swapUsedBytes: bytes }) =>
    bytes === null ? 'none' : bytes <= before ? 'good' : 'warning',
  );
};

/** Mean share of all cores, and the cores that the target had. It is the cause here, and not judged. */
export const cpuUsage: Metric = (seen) => {
  const show = ({ machineCpuShare: share, targetCores }: VitalsSeen) =>
    [
      ...(share === null ? [] : [`${showPercent(share)} of the machine`]),
      ...(targetCores === null ? [] : [`${targetCores.toFixed(2)} cores by the service`]),
    ].join(', ');
  return vitalRow(seen, 'CPU Usage', show, () => 'none');
};

/** Whether the recovery is good: within the RTO, or within 5 s where none is set. */
export function markRecovery({ result, recoveredAfterMs, rtoMs }: Seen): Mark {
  if (result.recovery === null) return 'none';
  if (recoveredAfterMs === null) return 'bad';
  if (rtoMs !== null) return recoveredAfterMs <= rtoMs ? 'good' : 'bad';
  return recoveredAfterMs <= QUICK_RECOVERY_MS ? 'good' : 'warning';
}

/** Whether requests pile up. */
export function markQueue({ queue }: Seen): Mark {
  if (queue.most.failure <= 3 * queue.most.baseline + 2) return 'good';
  return isGrowing(queue) ? 'bad' : 'warning';
}

/** The queue grew on until the failure ended. */
export function isGrowing({ middle, late }: Seen['queue']): boolean {
  return late > middle * 1.25 + 1;
}

/** `12.3 ms` at the 95th percentile, or the slowest where there are too few. */
export function showP95(latency: PhaseFigures['latency']): string {
  return showMs(tailMs(latency));
}

function markThroughput({ before, during }: Seen): Mark {
  if (before.goodPerSecond === 0) return 'none';
  const share = during.goodPerSecond / before.goodPerSecond;
  return share >= KEPT ? 'good' : share >= HALVED ? 'warning' : 'bad';
}

function markTimeouts({ during, before }: Seen): Mark {
  if (during.requests === 0) return 'none';
  const added = during.timeouts / during.requests - before.timeouts / Math.max(1, before.requests);
  return added <= 0 ? 'good' : added <= 0.01 ? 'warning' : 'bad';
}

function showThroughput({ completedPerSecond, goodPerSecond }: PhaseFigures): string {
  const [all, good] = [showRate(completedPerSecond), showRate(goodPerSecond)];
  return all === good ? all : `${all} (${good} good)`;
}

function rowOf(
  { result, before, during, after }: Seen,
  metric: string,
  show: (phase: PhaseFigures) => string,
  mark: Mark,
): MetricRow {
  const cell = (phase: PhaseFigures) => (phase.requests === 0 ? '–' : show(phase));
  const reached = result.failureAtMs !== null && during.requests > 0;
  return {
    metric,
    before: cell(before),
    during: cell(during),
    after: cell(after),
    mark: reached ? mark : 'none',
  };
}

function vitalRow(
  { vitals }: Seen,
  metric: string,
  show: (vitals: VitalsSeen) => string,
  mark: (vitals: VitalsSeen) => Mark,
): MetricRow {
  const cell = (phase: DrillPhase) =>
    show(vitals[phase]) || 'not observable, because this platform does not tell';
  return {
    metric,
    before: cell('baseline'),
    during: cell('failure'),
    after: cell('recovery'),
    mark: mark(vitals.failure),
  };
}
