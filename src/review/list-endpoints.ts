import type { CodeReader } from '../rag/code-reader.ts';
import type { Finding, Route } from '../types-code.ts';
import type { ItemResult, RunResult, VerdictValue } from '../types-run.ts';
import { isSameOperation } from './evidence/link-evidence.ts';
import type { Symptom } from './evidence/symptom.ts';
import type { EndpointPosture } from './review-nouns.ts';
import { showEndpoint } from './show-endpoint.ts';

interface Parts {
  readonly index: CodeReader | null;
  readonly run: RunResult | null;
  readonly findings: readonly Finding[];
  readonly symptoms: readonly Symptom[];
}

/** Gives the operations of code and run, each once, with what was measured and found; sorted by path. */
export function listEndpoints({ index, run, findings, symptoms }: Parts): EndpointPosture[] {
  const results = run?.results ?? [];
  const measured = [...new Set(results.map((result) => result.endpoint))];
  const routes = (index?.routes ?? []).map((route) => ({ route, endpoint: showEndpoint(route) }));
  const unmeasured = routes
    .map(({ endpoint }) => endpoint)
    .filter((endpoint) => !measured.some((other) => isSameOperation(other, endpoint)));
  const byPath = (endpoint: string) => endpoint.split(' ').reverse().join(' ');
  return [...measured, ...new Set(unmeasured)]
    .sort((a, b) => (byPath(a) < byPath(b) ? -1 : 1))
    .map((endpoint) => {
      const match = routes.find((one) => isSameOperation(one.endpoint, endpoint))?.route ?? null;
      return posture(endpoint, match, results, findings, symptoms);
    });
}

function posture(
  endpoint: string,
  route: Route | null,
  results: readonly ItemResult[],
  findings: readonly Finding[],
  symptoms: readonly Symptom[],
): EndpointPosture {
  const own = results.filter((result) => result.endpoint === endpoint);
  const count = (value: VerdictValue) => own.filter((result) => result.verdict.value === value).length;
  return {
    endpoint,
    handler: route?.handler ?? null,
    handlerName: route?.handlerName ?? null,
    passed: count('pass'),
    failed: count('fail'),
    inconclusive: count('inconclusive'),
    findingIds: findings
      .filter((finding) => finding.reachedFrom.some((reached) => isSameOperation(reached, endpoint)))
      .map((finding) => finding.id),
    symptoms: symptoms.filter((symptom) => symptom.endpoint === endpoint),
  };
}
