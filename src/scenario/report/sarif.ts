import { type SarifLevel, sarifUri, writeSarif } from '../../sarif.ts';
import type { ItemResult, RunResult } from '../../types-run.ts';
import { blameOf, headline } from './headline.ts';

/** Where an item stands in a scenario file; the line counts from 1. */
export interface ItemPlace {
  readonly file: string;
  readonly line: number;
}

/** What an item was held to and missed. */
interface Miss {
  readonly ruleId: string;
  readonly expected: string;
}

/**
 * Renders the failed items of a run as SARIF 2.1.0: a rule is what was expected, and stands at the item in its
 * scenario file. What the fault itself explains is a note, since nothing is said against the application.
 */
export function renderRunSarif({ run, results }: RunResult, places: ReadonlyMap<string, ItemPlace>): string {
  const failed = results
    .filter(({ verdict }) => verdict.value === 'fail')
    .flatMap((result) => listMisses(result).map((miss) => ({ result, miss })));
  const rules = [...new Map(failed.map(({ miss }) => [miss.ruleId, miss])).values()];
  return writeSarif({
    id: `breakwater/${run.id}`,
    rules: rules.map(({ ruleId, expected }) => ({
      id: ruleId,
      shortDescription: { text: `The service answers as expected: ${expected}.` },
    })),
    results: failed.map(({ result, miss }) => ({
      ruleId: miss.ruleId,
      ruleIndex: rules.findIndex(({ ruleId }) => ruleId === miss.ruleId),
      level: levelOf(result),
      message: { text: `${result.endpoint} · ${result.scenarioTitle}: ${headline(result)}` },
      locations: locate(places.get(result.itemId)),
      partialFingerprints: {
        'breakwaterItem/v1': `${result.endpoint} ${result.scenarioTitle} ${miss.ruleId}`,
      },
      properties: { runId: run.id, itemId: result.itemId, endpoint: result.endpoint, cause: blameOf(result) },
    })),
  });
}

/** Demands of `expect` that a call missed, and objectives that were missed; `fail` where neither says why. */
function listMisses({ expectations, slos }: ItemResult): readonly Miss[] {
  const expected = expectations
    .filter(({ judged, met, calls }) => judged && met < calls)
    .map((each) => ({ ruleId: `expect/${slug(each.expected)}`, expected: each.expected }));
  const objectives = slos
    .filter(({ judged, verdict }) => judged && verdict === 'fail')
    .map(({ title, objective }) => ({ ruleId: `slo/${slug(title)}`, expected: objective }));
  const misses = [...expected, ...objectives];
  return misses.length > 0 ? misses : [{ ruleId: 'verdict/fail', expected: 'the item passes' }];
}

function levelOf(result: ItemResult): SarifLevel {
  const cause = blameOf(result);
  if (cause === 'target') return 'error';
  return cause === null ? 'warning' : 'note';
}

function locate(place: ItemPlace | undefined): readonly object[] {
  if (place === undefined) return [];
  const region = { startLine: place.line };
  return [{ physicalLocation: { artifactLocation: { uri: sarifUri(place.file) }, region } }];
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
}
