import { z } from 'zod';
import { type Clock, sleep } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Store } from '../store.ts';
import type { RunResult } from '../types-run.ts';
import { quote } from '../units.ts';
import { writeTextInside } from '../workspace-files.ts';
import type { Answer } from './session/answer.ts';
import { answerForComparison } from './session/compare-answer.ts';
import { resolveId } from './session/load-scenarios.ts';
import { answerForJob, answerForRun, overallVerdict } from './session/run-answer.ts';
import { answerWithSlos } from './session/slo-answer.ts';
import { toFacts } from './session/to-facts.ts';
import { defineTool } from './tool.ts';

const LOOK_EVERY_MS = 500;
const FORMATS = ['markdown', 'json', 'html', 'junit'] as const;
type Format = (typeof FORMATS)[number];

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
    .enum(FORMATS)
    .default('markdown')
    .describe('html and junit are written to output, or to .breakwater/'),
  output: z.string().optional().describe('Write the full report to this file in the workspace too'),
  wait_seconds: z
    .number()
    .min(0)
    .max(600)
    .default(45)
    .describe('How long to wait for a run that is still going'),
});

/** Reads a run, waiting for it when it is still going. */
export default defineTool({
  name: 'run_report',
  title: 'Report of a run',
  description:
    'Reads what a run measured, and waits for one that is still going. Call it after scenario_run has answered with state "running", again and again until it has ended. Views: summary; full (everything); endpoint; item (every figure of one scenario); slo; fidelity (requested against injected faults); compare (two runs item by item: fixed, unchanged, regressed); suggest_slos (objectives from requests without faults).',
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
    const result = await waitForOther(args.run_id, args.wait_seconds, store, session.clock, signal);
    if (args.view === 'suggest_slos') {
      const { workspace } = await session.loadConfig();
      const narrowed = narrow(result, args.operation, args.item);
      return answerWithSlos(narrowed, { store, workspace, output: args.output });
    }
    if (args.output !== undefined) {
      const { workspace } = await session.loadConfig();
      await writeTextInside(workspace, args.output, await renderWhole(result, args.format, store));
    }
    demandNames(args.view, args.operation, args.item);
    if (args.view === 'compare')
      return answerForComparison(result, args.compare_to, (id) => loadKept(id, store));
    if (args.format === 'html' || args.format === 'junit')
      return writeForPrograms(result, args.format, args.output, store);
    const narrowed = narrow(result, args.operation, args.item);
    return renderView(args.view, args.format, narrowed, result, store);
  },
});

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

async function renderWhole(result: RunResult, format: Format, store: Store): Promise<string> {
  switch (format) {
    case 'json':
      return (await import('../scenario/report/json.ts')).renderRunJson(result);
    case 'junit':
      return (await import('../scenario/report/junit.ts')).renderRunJunit(result);
    case 'html': {
      const [{ renderRunHtml }, { loadSamples }] = await Promise.all([
        import('../scenario/report/html.ts'),
        import('../scenario/run-folder.ts'),
      ]);
      return renderRunHtml(result, await loadSamples(store, result.run.id));
    }
    case 'markdown':
      return (await import('../scenario/report/markdown.ts')).renderRunMarkdown(result);
  }
}

/** What is for other programs is written to a file; the answer says where. */
async function writeForPrograms(
  result: RunResult,
  format: 'html' | 'junit',
  output: string | undefined,
  store: Store,
): Promise<Answer> {
  const name = format === 'html' ? 'report.html' : 'junit.xml';
  const path = `runs/${result.run.id}/${name}`;
  if (output === undefined) await store.writeText(path, await renderWhole(result, format, store));
  const place = output ?? `.breakwater/${path}`;
  return {
    text: `The ${format === 'html' ? 'HTML report' : 'JUnit file'} of ${result.run.id} is ${place}.`,
    facts: { run_id: result.run.id, format, file: place },
    next: [],
    verdict: overallVerdict(result),
  };
}

async function renderView(
  view: 'summary' | 'full' | 'endpoint' | 'item' | 'slo' | 'fidelity',
  format: 'markdown' | 'json',
  narrowed: RunResult,
  whole: RunResult,
  store: Store,
): Promise<Answer> {
  const [{ toRunFacts }, { renderSlos, renderFidelity }] = await Promise.all([
    import('../scenario/report/json.ts'),
    import('../scenario/report/markdown.ts'),
  ]);
  const facts = toFacts(toRunFacts(narrowed));
  const verdict = overallVerdict(narrowed);
  const answer = (text: string): Answer => ({ text, facts, next: [], verdict });
  if (format === 'json') return answer(JSON.stringify(facts));
  if (view === 'summary' && narrowed === whole) return answerForRun(whole);
  if (view === 'slo') return answer(renderSlos(narrowed.results));
  if (view === 'fidelity') return answer(renderFidelity(narrowed.results));
  return answer(await renderWhole(narrowed, 'markdown', store));
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
  const known = [...new Set(result.results.map(({ endpoint }) => endpoint))];
  throw new AppError('NOT_FOUND', `${result.run.id} has no item for ${quote(operation ?? item)}.`, {
    hint: `Its operations are: ${known.join(', ')}.`,
  });
}
