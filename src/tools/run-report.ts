import { z } from 'zod';
import { type Clock, sleep } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Store } from '../store.ts';
import type { JsonValue } from '../types.ts';
import type { RunResult } from '../types-run.ts';
import { quote } from '../units.ts';
import type { Answer } from './session/answer.ts';
import { answerForComparison } from './session/compare-answer.ts';
import { isDrillId, readDrillAnswer } from './session/drill-store.ts';
import { resolveId } from './session/load-scenarios.ts';
import { answerForJob, answerForRun, overallVerdict } from './session/run-answer.ts';
import {
  answerWithFile,
  isFileFormat,
  RUN_FORMATS,
  type RunPlace,
  renderRun,
  writeRunTo,
} from './session/run-formats.ts';
import { answerWithSlos } from './session/slo-answer.ts';
import { toFacts } from './session/to-facts.ts';
import { defineTool } from './tool.ts';

const LOOK_EVERY_MS = 500;
/** Of items or operations, where another one was asked for. */
const MAX_NAMED = 20;

const input = z.strictObject({
  run_id: z
    .string()
    .default('latest')
    .describe('From scenario_run, fault_probe or patch_verify; or "latest"'),
  view: z
    .enum(['summary', 'full', 'endpoint', 'item', 'slo', 'fidelity', 'compare', 'suggest_slos'])
    .default('summary')
    .describe('endpoint needs operation, item needs item, compare needs compare_to'),
  operation: z.string().optional().describe('operationId or "GET /path"'),
  item: z.string().optional().describe('Item id, or part of a scenario title'),
  compare_to: z.string().optional().describe('Earlier run to compare with'),
  format: z
    .enum(RUN_FORMATS)
    .default('markdown')
    .describe('text: the summary. html, junit and sarif are written to output, or to .breakwater/'),
  output: z.string().optional().describe('Write the full report to this file in the workspace too'),
  wait_seconds: z
    .number()
    .min(0)
    .max(600)
    .default(45)
    .describe('How long to wait for a run that is still going'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'expected the cursor of an earlier answer')
    .optional()
    .describe('From an earlier answer'),
});

/** Reads a run, waiting for it when it is still going. */
export default defineTool({
  name: 'run_report',
  title: 'Report of a run',
  description:
    'Reads what a run measured, and waits for one that is still going. Call it after scenario_run has answered with state "running", again and again until it has ended. Views: summary; full (everything); endpoint; item (every figure of one scenario); slo; fidelity (requested against injected faults); compare (two runs item by item: fixed, unchanged, regressed); suggest_slos (objectives from requests without faults). Then review_code for what the service itself has to answer for.',
  input,
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run(args, { session, signal, onProgress }): Promise<Answer> {
    const store = await session.openStore();
    const job = await session.jobs.wait(
      args.run_id,
      args.wait_seconds * 1_000,
      signal,
      ({ done, total, message }) => onProgress(done, total, message),
    );
    if (job !== null && (job.state === 'running' || job.kind !== 'run'))
      return answerForJob(job, session.clock.now());
    if (job !== null && args.view === 'summary' && args.format === 'markdown' && args.output === undefined)
      return answerForJob(job, session.clock.now());
    if (job === null && isDrillId(args.run_id)) return readDrillAnswer(args.run_id, store);
    const result = await waitForOther(args.run_id, args.wait_seconds, store, session.clock, signal);
    const { workspace } = await session.loadConfig();
    const place = { store, workspace };
    const narrowed = narrow(result, args.operation, args.item);
    if (args.view === 'suggest_slos')
      return answerWithSlos(narrowed, { ...place, output: args.output, asJson: args.format === 'json' });
    if (args.output !== undefined) await writeRunTo(args.output, result, args.format, place);
    demandNames(args.view, args.operation, args.item);
    if (args.view === 'compare')
      return answerForComparison(result, args.compare_to, (id) => loadKept(id, store));
    if (isFileFormat(args.format)) return answerWithFile(result, args.format, args.output, place);
    const answer = await renderView(args.view, args.format, { narrowed, whole: result, place });
    const { cursor, wait_seconds: _wait, output: _output, ...again } = args;
    return { ...answer, paged: pageFrom(cursor, { ...again, run_id: result.run.id }, answer.text) };
  },
});

/**
 * Where a page begins, and the call that gives the next one.
 *
 * @throws AppError BAD_INPUT beyond the end.
 */
function pageFrom(
  cursor: string | undefined,
  args: Readonly<Record<string, JsonValue | undefined>>,
  text: string,
) {
  const from = Number(cursor ?? 0);
  if (from > text.length) {
    throw new AppError('BAD_INPUT', `cursor: ${from} lies beyond the end of this report (${text.length}).`, {
      hint: 'Give the cursor of the answer before, with the same view and format.',
    });
  }
  const given = Object.entries(args).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { call: { tool: 'run_report', args: Object.fromEntries(given) }, from };
}

/** A run of another process is waited for by looking at its folder. */
async function waitForOther(
  runId: string,
  waitSeconds: number,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<RunResult> {
  const untilMs = clock.now() + waitSeconds * 1_000;
  let result = await loadKept(runId, store);
  while (result.run.state === 'running' && clock.now() < untilMs && !signal.aborted) {
    await sleep(clock, LOOK_EVERY_MS, signal).catch(() => undefined);
    result = await loadKept(result.run.id, store);
  }
  return result;
}

function demandNames(view: string, operation: string | undefined, item: string | undefined): void {
  if (view === 'item' && item === undefined)
    throw new AppError('BAD_INPUT', 'item: missing; the view "item" needs an item id or part of a title.', {
      hint: 'run_report {"view":"summary"} lists the items.',
    });
  if (view === 'endpoint' && operation === undefined)
    throw new AppError(
      'BAD_INPUT',
      'operation: missing; the view "endpoint" needs an operationId or "GET /path".',
      { hint: 'run_report {"view":"summary"} lists them.' },
    );
}

async function loadKept(named: string, store: Store): Promise<RunResult> {
  const { loadRun } = await import('../scenario/run-folder.ts');
  return loadRun(store, await resolveId(named, 'runs', store));
}

async function renderView(
  view: 'summary' | 'full' | 'endpoint' | 'item' | 'slo' | 'fidelity',
  format: 'markdown' | 'text' | 'json',
  {
    narrowed,
    whole,
    place,
  }: { readonly narrowed: RunResult; readonly whole: RunResult; readonly place: RunPlace },
): Promise<Answer> {
  const [{ toRunFacts }, { renderSlos, renderFidelity }] = await Promise.all([
    import('../scenario/report/json.ts'),
    import('../scenario/report/markdown.ts'),
  ]);
  const facts = toFacts(toRunFacts(narrowed));
  const verdict = overallVerdict(narrowed);
  const answer = (text: string): Answer => ({ text, facts, next: [], verdict });
  if (format === 'json') return answer(JSON.stringify(facts));
  if (format === 'text') return answer(await renderRun(narrowed, 'text', place));
  if (view === 'summary' && narrowed === whole) return answerForRun(whole);
  if (view === 'slo') return answer(renderSlos(narrowed.results) || 'No objective was declared in this run.');
  if (view === 'fidelity')
    return answer(renderFidelity(narrowed.results) || 'No fault was declared in this run.');
  return answer(await renderRun(narrowed, 'markdown', place));
}

function narrow(result: RunResult, operation: string | undefined, item: string | undefined): RunResult {
  if (operation === undefined && item === undefined) return result;
  const results = result.results.filter(
    (each) =>
      (operation === undefined || each.operationId === operation || each.endpoint === operation) &&
      (item === undefined ||
        each.itemId === item ||
        each.scenarioTitle.toLowerCase().includes(item.toLowerCase())),
  );
  if (results.length > 0) return { ...result, results };
  const operations = [...new Set(result.results.map(({ endpoint }) => endpoint))];
  const items = result.results.map(({ itemId, scenarioTitle }) => `${itemId} (${scenarioTitle})`);
  throw new AppError('NOT_FOUND', `${result.run.id} has no item for ${quote(operation ?? item)}.`, {
    hint: operation === undefined ? listFirst('items', items) : listFirst('operations', operations),
  });
}

function listFirst(what: string, names: readonly string[]): string {
  const left = names.length - MAX_NAMED;
  return `Its ${what} are: ${names.slice(0, MAX_NAMED).join(', ')}${left > 0 ? `, and ${left} more` : ''}.`;
}
