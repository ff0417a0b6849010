import { writeYaml } from '../../yaml.ts';
import type { SuggestedSlo } from './suggest.ts';

const WINDOW_DAYS = 28;

/** The objectives as OpenSLO v1 documents (openslo.com), one YAML document each. */
export function renderOpenSlo(slos: readonly SuggestedSlo[], service: string): string {
  const names = new Set<string>();
  const documents = slos.map((slo) => {
    const name = nameOf(slo, names);
    names.add(name);
    return writeYaml(toOpenSlo(slo, name, service));
  });
  return documents.join('---\n');
}

function toOpenSlo(slo: SuggestedSlo, name: string, service: string) {
  const query = promqlOf(slo);
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name, displayName: titleOf(slo) },
    spec: {
      description: slo.reason,
      service,
      indicator: {
        metadata: { name: `${name}${INDICATOR}` },
        spec: {
          ratioMetric: {
            counter: true,
            good: { metricSource: { type: 'Prometheus', spec: { query: query.good } } },
            total: { metricSource: { type: 'Prometheus', spec: { query: query.total } } },
          },
        },
      },
      timeWindow: [{ duration: `${WINDOW_DAYS}d`, isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ displayName: titleOf(slo), target: targetOf(slo) }],
    },
  };
}

/** The share of good requests over five minutes, as PromQL expressions with the objective beside each. */
export function renderPromql(slos: readonly SuggestedSlo[]): string {
  return slos
    .map((slo) => {
      const { good, total } = promqlOf(slo);
      return `# ${titleOf(slo)}: ${slo.reason}\n${good}\n  / ${total}\n  >= ${targetOf(slo)}\n`;
    })
    .join('\n');
}

/** Service level objectives for Google Cloud Monitoring (API v3, `ServiceLevelObjective`), as a JSON array. */
export function renderCloudMonitoring(slos: readonly SuggestedSlo[]): string {
  return `${JSON.stringify(slos.map(toCloudMonitoring), null, 2)}\n`;
}

function toCloudMonitoring(slo: SuggestedSlo) {
  const common = {
    displayName: titleOf(slo),
    goal: targetOf(slo),
    rollingPeriod: `${WINDOW_DAYS * 86_400}s`,
    userLabels: { 'suggested-by': 'breakwater' },
  };
  const route = `metric.labels.route="${pathOf(slo)}" AND metric.labels.method="${methodOf(slo)}"`;
  if (slo.thresholdMs !== null) {
    const distributionFilter = `metric.type="prometheus.googleapis.com/http_request_duration_seconds/histogram" AND ${route}`;
    const range = { min: 0, max: slo.thresholdMs / 1_000 };
    return {
      ...common,
      serviceLevelIndicator: { requestBased: { distributionCut: { distributionFilter, range } } },
    };
  }
  const metric = `metric.type="prometheus.googleapis.com/http_requests_total/counter" AND ${route}`;
  const badServiceFilter = `${metric} AND metric.labels.status=monitoring.regex.full_match("5..")`;
  return {
    ...common,
    serviceLevelIndicator: {
      requestBased: { goodTotalRatio: { totalServiceFilter: metric, badServiceFilter } },
    },
  };
}

function promqlOf(slo: SuggestedSlo): { readonly good: string; readonly total: string } {
  const route = `method="${methodOf(slo)}", route="${pathOf(slo)}"`;
  const rate = (metric: string, labels: string) => `sum(rate(${metric}{${labels}}[5m]))`;
  if (slo.thresholdMs !== null) {
    const metric = 'http_request_duration_seconds';
    return {
      good: rate(`${metric}_bucket`, `${route}, le="${slo.thresholdMs / 1_000}"`),
      total: rate(`${metric}_count`, route),
    };
  }
  return {
    good: rate('http_requests_total', `${route}, status!~"5.."`),
    total: rate('http_requests_total', route),
  };
}

/** What a person calls the objective. */
export function titleOf(slo: SuggestedSlo): string {
  const what = slo.thresholdMs === null ? 'without a 5xx' : `within ${slo.thresholdMs} ms`;
  return `${slo.objectivePercent} % of ${slo.endpoint} ${what}`;
}

const MAX_LABEL = 63;
const INDICATOR = '-indicator';

/**
 * An RFC 1123 label, as OpenSLO asks of names, with room for the indicator's suffix; never one of `taken`.
 */
function nameOf(slo: SuggestedSlo, taken: ReadonlySet<string>): string {
  const words = slo.endpoint
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  for (let count = 1; ; count += 1) {
    const end = `${count === 1 ? '' : `-${count}`}-${slo.kind}`;
    const name = `${words.slice(0, MAX_LABEL - INDICATOR.length - end.length).replace(/-+$/, '')}${end}`;
    if (!taken.has(name)) return name;
  }
}

function targetOf(slo: SuggestedSlo): number {
  return Number((slo.objectivePercent / 100).toFixed(6));
}

function methodOf(slo: SuggestedSlo): string {
  return slo.endpoint.split(' ')[0] ?? '';
}

function pathOf(slo: SuggestedSlo): string {
  return slo.endpoint.slice(methodOf(slo).length + 1).replace(/["\\]/g, '');
}
