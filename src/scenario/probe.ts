import { originKey, parseMapping } from '../proxy/mapping.ts';
import type { Fault, HttpMethod, Item, ProxyMapping, Scenario, StringMap } from '../types.ts';
import type { ItemResult, RunResult } from '../types-run.ts';
import { showMs, showPercent } from '../units.ts';
import { countHollow, describeSlowdown } from './report/headline.ts';
import { alignedTable } from './report/table.ts';
import { rebaseResidual } from './verdict/residual.ts';

export interface ProbeRequest {
  readonly url: string;
  readonly method: HttpMethod;
  readonly headers: StringMap;
  readonly body: string | null;
  readonly faults: readonly Fault[];
  /** Where the faults act, when that is a dependency of the service: an origin, or a mapping to be opened. */
  readonly upstream: string | null;
  readonly durationMs: number;
  readonly clients: number;
  readonly rps: number;
  readonly timeoutMs: number;
}

/** Share of refusals above which answers say nothing about faults. */
const MOSTLY = 0.9;
const WITHOUT = 'Without the fault';
const WITH = 'With the fault';

/** Two scenarios with the same load on one URL: first without the faults, then with them. */
export function buildProbe(probe: ProbeRequest): readonly Scenario[] {
  return [
    { ...EMPTY, title: WITHOUT, items: [buildItem(probe, [])] },
    { ...EMPTY, title: WITH, items: [buildItem(probe, probe.faults)] },
  ];
}

/** Puts the two sides next to each other and says in one sentence what the fault did. */
export function summarizeProbe({ results }: RunResult): string {
  const without = results.find(({ scenarioTitle }) => scenarioTitle === WITHOUT) ?? null;
  const own = results.find(({ scenarioTitle }) => scenarioTitle === WITH) ?? null;
  if (own === null || without === null) return 'The probe was stopped before it measured both sides.';
  if (own.requests === 0 || without.requests === 0) return explainUnprobed(without, own);
  const faulted = { ...own, baseline: without.observed, ...rebaseResidual(own, without.observed) };
  const table = alignedTable(
    ['', 'without the fault', 'with the fault'],
    [
      ['requests', String(without.requests), String(faulted.requests)],
      ...(['p50Ms', 'p95Ms', 'p99Ms', 'maxMs'] as const).map((key) => [
        key.replace('Ms', ''),
        showMs(without.observed[key]),
        showMs(faulted.observed[key]),
      ]),
      ['failed', showFailed(without), showFailed(faulted)],
      ['outcomes', showOutcomes(without), showOutcomes(faulted)],
      ...(faulted.injected.count > 0 ? [['injected, median', '–', showMs(faulted.injected.p50Ms)]] : []),
      ...(faulted.residualP50Ms === null ? [] : [['residual, median', '–', showMs(faulted.residualP50Ms)]]),
    ],
  );
  return `${explainProbe(without, faulted)}\n\n${table}`;
}

const EMPTY = {
  description: null,
  config: { headers: {}, segments: {}, seed: null, setup: [], teardown: [] },
} as const;

function buildItem(probe: ProbeRequest, faults: readonly Fault[]): Item {
  const mappings = probe.upstream === null ? [] : toMappings(probe.upstream);
  return {
    call: {
      method: probe.method,
      url: probe.url,
      headers: probe.headers,
      body: probe.body,
      timeoutMs: probe.timeoutMs,
      operationId: null,
    },
    context: {
      upstreams:
        faults.length === 0
          ? []
          : [probe.upstream === null ? new URL(probe.url).origin : upstreamOf(probe.upstream)],
      faults,
      strategy: {
        mode: 'load',
        durationMs: probe.durationMs,
        clients: probe.clients,
        requestsPerSecond: probe.rps,
        connection: 'per-request',
        // The first scenario is the baseline.
        baseline: false,
      },
      slos: [],
      proxy: { disableHttpProxies: false, mappings },
      preflight: null,
      runsOn: null,
    },
    expect: { statuses: [], responseTimeUnderMs: null, allSloAreValid: false, bodyMatchesSchema: false },
  };
}

/** A mapping with a listening port is opened for the probe; an origin has to be open already. */
function toMappings(upstream: string): readonly ProxyMapping[] {
  const mapping = parseMapping(upstream);
  return mapping.listenPort === 0 ? [] : [mapping];
}

function upstreamOf(upstream: string): string {
  const mapping = parseMapping(upstream);
  return mapping.listenPort === 0 ? upstream : `tcp://${originKey(mapping.upstream)}`;
}

function explainUnprobed(without: ItemResult, faulted: ItemResult): string {
  const [open] = (faulted.requests === 0 ? faulted : without).verdict.reasons;
  return `It could not be probed: ${open?.message ?? 'nothing was measured'}. Give headers, body or a URL that it accepts, or see that it is up.`;
}

function explainProbe(without: ItemResult, faulted: ItemResult): string {
  const refused = countRefused(without);
  if (refused !== null)
    return `It answers ${refused} even without the fault, so this says nothing about how it bears the fault. Give headers with credentials, or a body or URL that it accepts.`;
  const idle = faulted.fidelity.filter(({ actedOn }) => actedOn === 0);
  if (faulted.fidelity.length > 0 && idle.length === faulted.fidelity.length) {
    return `The fault acted on none of ${faulted.requests} requests (${idle[0]?.injected ?? 'nothing'}), so this says nothing about the service.`;
  }
  const parts = [...describeFailures(without, faulted)];
  const slower = describeSlowdown(faulted);
  if (slower !== '') parts.push(slower);
  else if (Number.isFinite(faulted.observed.p50Ms ?? Number.NaN)) {
    parts.push(
      `The median went from ${showMs(without.observed.p50Ms)} to ${showMs(faulted.observed.p50Ms)}.`,
    );
  }
  return parts.join(' ');
}

function describeFailures(
  without: ItemResult,
  { requests, failed, failedByInjection, outcomes }: ItemResult,
): string[] {
  const before =
    without.failed > 0 ? ` (${without.failed} of ${without.requests} failed without the fault, too)` : '';
  if (failed === 0) return [`All ${requests} requests were answered under the fault${before}.`];
  const own = failed - failedByInjection;
  const hollow = countHollow({ outcomes });
  const whose =
    own === 0
      ? 'all of these are what was injected'
      : failedByInjection === 0
        ? 'the service answers for all of these'
        : `${failedByInjection} are what was injected, ${own} are the service’s own`;
  return [
    `${failed} of ${requests} requests failed under the fault: ${whose}${before}.`,
    ...(hollow > 0
      ? [
          `${hollow} of them answered 2xx although every call to the dependency failed: a success that it cannot have had.`,
        ]
      : []),
  ];
}

/** The 4xx that nearly all requests got; `null` where they did not. */
function countRefused({ outcomes, requests }: ItemResult): string | null {
  const refused = Object.entries(outcomes).filter(([name]) => /^4\d\d$/.test(name));
  const count = refused.reduce((sum, [, each]) => sum + each, 0);
  return count > 0 && count >= MOSTLY * requests ? refused.map(([name]) => name).join(', ') : null;
}

function showFailed({ failed, requests }: ItemResult): string {
  return requests === 0 ? '–' : `${failed} (${showPercent(failed / requests)})`;
}

function showOutcomes({ outcomes }: ItemResult): string {
  return Object.entries(outcomes)
    .map(([name, count]) => `${count} × ${name}`)
    .join(', ');
}
