import type { DrillPhase } from '../../../types-drill.ts';
import { showPercent } from '../../../units.ts';
import { showRate } from './figures.ts';
import type { Mark, MetricRow } from './judgement.ts';
import type { Seen } from './seen.ts';
import type { DependencySeen } from './seen-traffic.ts';

/** The database takes up to so many times its usual load without a word. */
const USUAL_LOAD = 1.5;
/** More than this is bad: a database is seldom built for it. */
export const OVERRUN = 3;
/** A hit rate that comes back to within this share of the one before. */
const SAME_RATE = 0.1;

export const NO_DATABASE =
  'not observable, because no database stands in breakwater.yaml (`dependencies: { db: psql://HOST:PORT }`)';
export const NO_DEPENDENCY =
  'not observable, because no dependency stands in breakwater.yaml (`dependencies: { db: psql://HOST:PORT }`)';

/** The database that stands in while another dependency is down; `null`: there is none. */
export function findDatabase(seen: Seen): DependencySeen | null {
  const isDatabase = ({ upstream, postgres }: DependencySeen) =>
    postgres !== null || upstream.startsWith('psql');
  return seen.others.find(isDatabase) ?? seen.broken.find(isDatabase) ?? null;
}

/** Work of the database per second: transactions where it can be asked, else exchanges at its proxy. */
export function loadOf(database: DependencySeen, phase: DrillPhase): number {
  return database.postgres?.[phase].transactionsPerSecond ?? database.phases[phase].exchangesPerSecond;
}

/** `18.2 transactions/s`. */
export function showLoad(seen: Seen, phase: DrillPhase): string {
  const database = findDatabase(seen);
  if (database === null) return NO_DATABASE;
  const asked = (database.postgres?.[phase].transactionsPerSecond ?? null) !== null;
  return `${showRate(loadOf(database, phase))} ${asked ? 'transactions' : 'exchanges'}/s`;
}

/** Good: up to 1.5 times the load before; warning: up to three times. */
export function markLoad(seen: Seen): Mark {
  const growth = loadGrowth(seen);
  if (growth === null) return 'none';
  return growth <= USUAL_LOAD ? 'good' : growth <= OVERRUN ? 'warning' : 'bad';
}

/** Load of the database during the failure, in times of the load before; `null`: not known. */
export function loadGrowth(seen: Seen): number | null {
  const database = findDatabase(seen);
  if (database === null) return null;
  const before = loadOf(database, 'baseline');
  return before === 0 ? null : loadOf(database, 'failure') / before;
}

/** Lookups that the cache answered. Good: after the failure it answers as before. */
export function cacheHitRate(seen: Seen): MetricRow {
  const cache = seen.broken.find(({ redis }) => redis !== null) ?? null;
  const rate = (phase: DrillPhase) => cache?.redis?.[phase].hitRate ?? null;
  const cell = (phase: DrillPhase) => {
    if (cache === null) return notAsked(seen);
    const share = rate(phase);
    if (share !== null) return showPercent(share);
    return phase === 'failure' ? '0.0 % (no lookup reached it)' : 'no lookup reached it';
  };
  const [before, after] = [rate('baseline'), rate('recovery')];
  const mark: Mark =
    before === null ? 'none' : after === null ? 'bad' : after >= before - SAME_RATE ? 'good' : 'warning';
  return {
    metric: 'Cache Hit Rate',
    before: cell('baseline'),
    during: cell('failure'),
    after: cell('recovery'),
    mark,
  };
}

/** Connections of the service to the dependency, in shares of the most that were ever open. Good: all come back. */
export function connectionPool(seen: Seen): MetricRow {
  const [dependency] = seen.broken;
  const phases = dependency?.phases;
  const most = Math.max(
    0,
    ...[phases?.baseline, phases?.failure, phases?.recovery].map((phase) => phase?.mostOpen ?? 0),
  );
  const cell = (phase: DrillPhase) => {
    if (phases === undefined) return NO_DEPENDENCY;
    const open = phases[phase].mostOpen;
    return open === null || most === 0 ? '–' : `${showPercent(open / most)} (${open} of ${most})`;
  };
  const after = phases?.recovery.mostOpen ?? null;
  const mark: Mark = after === null || most === 0 ? 'none' : after === 0 ? 'bad' : 'good';
  return {
    metric: 'Connection Pool',
    before: cell('baseline'),
    during: cell('failure'),
    after: cell('recovery'),
    mark,
  };
}

function notAsked({ broken }: Seen): string {
  const [cache] = broken;
  if (cache === undefined) return NO_DEPENDENCY;
  return cache.unasked === null
    ? `not observable, because ${cache.name} is not named as Redis in breakwater.yaml (\`dependencies: { ${cache.name}: redis://HOST:PORT }\`)`
    : `not observable, because ${cache.name} could not be asked: ${cache.unasked}`;
}
