import { DRILLS } from '../drills/index.ts';

/** Usual kind of each type of failure that the reference names. */
const USUAL_KINDS: Readonly<Record<string, string>> = {
  database: 'database_down',
  cache: 'cache_down',
  network: 'network_latency',
  slow_query: 'slow_query',
  memory: 'memory_pressure',
  cpu: 'cpu_saturation',
  application_crash: 'application_crash',
};

/** Type of failure of a kind, which names the RTO that applies; a kind that is not known is its own type. */
export function failureTypeOf(kind: string): string {
  const usual = Object.entries(USUAL_KINDS).find(([, name]) => name === kind);
  return DRILLS.find((drill) => drill.kind === kind)?.failureType ?? usual?.[0] ?? kind;
}

/** The kind with which a type of failure is brought about. */
export function kindOf(failureType: string): string {
  return (
    DRILLS.find((drill) => drill.failureType === failureType)?.kind ?? USUAL_KINDS[failureType] ?? failureType
  );
}
