import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AppError, systemErrorCode } from '../errors.ts';
import { cleanse, redact, redactHeaders } from '../policy.ts';
import type { Store } from '../store.ts';
import { mapTexts, remember } from '../texts.ts';
import type { Call, Scenario } from '../types.ts';
import type { ItemResult, Run, RunResult, Sample, VerdictReason } from '../types-run.ts';
import { writeScenarios } from './file/write.ts';
import { fromFacts, toFacts } from './report/facts.ts';
import { renderRunHtml } from './report/html.ts';
import { renderRunMarkdown } from './report/markdown.ts';
import type { RunSink } from './run/run.ts';
import { judgeUnrun } from './run/unrun.ts';

/** A run as a list shows it. */
export interface RunEntry {
  readonly id: string;
  readonly state: Run['state'];
  readonly startedAt: string;
  readonly titles: readonly string[];
  readonly items: number;
}

/** Files read side by side: a process may have about a thousand open. */
const READ_AT_ONCE = 32;

/** Above this, a report with charts takes too much memory to be made unasked. */
const MAX_CHARTED_SAMPLES = 50_000;

/** Tells this process from a later one that got the same number. */
const INSTANCE = randomUUID();

const storedRun = z.looseObject({
  id: z.string(),
  state: z.enum(['running', 'finished', 'cancelled', 'interrupted', 'failed']),
  started_at: z.string(),
  items: z.array(z.looseObject({ id: z.string() })),
  scenarios: z.array(z.looseObject({ title: z.string() })),
  process: z.object({ pid: z.int(), instance: z.string() }),
});

/** Keeps a run below `runs/<id>/`, file by file as it goes; secrets are masked in all that is written. */
export function createRunSink(store: Store, runId: string): RunSink {
  const path = (name: string) => `runs/${runId}/${name}`;
  const write = (name: string, value: unknown) =>
    store.writeText(path(name), `${JSON.stringify(toFacts(value), null, 2)}\n`);
  const append = (name: string, values: readonly unknown[]) =>
    values.length === 0
      ? Promise.resolve()
      : store.appendText(path(name), values.map((value) => `${JSON.stringify(toFacts(value))}\n`).join(''));
  const shown = remember(cleanse);
  let known: readonly ItemResult[] = [];
  let written: Promise<void> = Promise.resolve();
  let sampleCount = 0;
  const writeReports = async (result: RunResult) => {
    await store.writeText(path('report.md'), renderRunMarkdown(result));
    if (sampleCount > MAX_CHARTED_SAMPLES) return;
    await store.writeText(path('report.html'), renderRunHtml(result, await loadSamples(store, runId)));
  };
  return {
    async saveRun(run) {
      const masked = mapTexts(maskRun(run), redact);
      if (run.state === 'running')
        await store.writeText(path('scenario.yaml'), writeScenarios(masked.scenarios));
      else await writeReports({ run: masked, results: known });
      await write('run.json', { ...masked, process: { pid: process.pid, instance: INSTANCE } });
      // Last, so that it names a run that can be read, whenever the process is killed.
      if (run.state === 'running') await store.writeText('runs/latest', runId);
    },
    appendSamples(samples) {
      sampleCount += samples.length;
      return append('samples.ndjson', mapTexts(samples, shown));
    },
    appendLedger: (itemId, entries) =>
      append(
        'ledger.ndjson',
        mapTexts(entries, shown).map((entry) => ({ itemId, ...entry })),
      ),
    saveResults(results) {
      known = mapTexts(results, shown);
      // One write after another, each of the newest: items that end together must not put an older list last.
      const next = written.then(() => write('verdict.json', { results: known }));
      written = next.catch(() => undefined);
      return next;
    },
  };
}

/**
 * Reads a run back. One that says it is running while its process is gone was interrupted: what it had measured
 * is judged as far as it goes.
 *
 * @throws AppError NOT_FOUND
 */
export async function loadRun(store: Store, runId: string): Promise<RunResult> {
  const text = /^run_\w+$/.test(runId) ? await store.readText(`runs/${runId}/run.json`) : null;
  if (text === null) throw await unknownRun(store, runId);
  const stored = readStored(text, runId);
  const judged = await loadResults(store, runId);
  if (stored.state !== 'running' || stored.alive) return { run: stored.run, results: judged };
  const samples = await loadSamples(store, runId);
  const byId = new Map(judged.map((result) => [result.itemId, result]));
  return {
    run: { ...stored.run, state: 'interrupted' },
    results: stored.run.items.map(
      (planned) =>
        byId.get(planned.id) ??
        judgeUnrun(
          planned,
          samples.filter(({ itemId }) => itemId === planned.id),
          INTERRUPTED,
        ),
    ),
  };
}

/** Gives every stored sample of a run, in the order in which they were stored. */
export async function loadSamples(store: Store, runId: string): Promise<readonly Sample[]> {
  const text = (await store.readText(`runs/${runId}/samples.ndjson`)) ?? '';
  return text.split('\n').flatMap((line) => {
    const sample = parseLine(line);
    // Checked border: lines that we wrote; the last one of a killed run may be torn.
    return sample === null ? [] : [fromFacts(sample) as Sample];
  });
}

/** Lists the stored runs, latest first. */
export async function listRuns(store: Store): Promise<readonly RunEntry[]> {
  const ids = (await store.list('runs')).filter((name) => name.startsWith('run_'));
  const entries: RunEntry[] = [];
  for (let first = 0; first < ids.length; first += READ_AT_ONCE) {
    const some = ids.slice(first, first + READ_AT_ONCE);
    entries.push(...(await Promise.all(some.map((id) => readEntry(store, id)))).flat());
  }
  return entries.sort((left, right) => (left.startedAt < right.startedAt ? 1 : -1));
}

async function readEntry(store: Store, id: string): Promise<RunEntry[]> {
  const text = await store.readText(`runs/${id}/run.json`);
  if (text === null) return [];
  const { run, state, alive } = readStored(text, id);
  return [
    {
      id,
      state: state === 'running' && !alive ? 'interrupted' : state,
      startedAt: run.startedAt,
      titles: [...new Set(run.items.map(({ scenarioTitle }) => scenarioTitle))],
      items: run.items.length,
    },
  ];
}

const INTERRUPTED: VerdictReason = {
  message: 'the run was interrupted: its process ended',
  cause: null,
  remedy: 'Run it again; run_id replays it with the same seed.',
};

interface StoredRun {
  readonly run: Run;
  readonly state: Run['state'];
  readonly alive: boolean;
}

function readStored(text: string, runId: string): StoredRun {
  const read = storedRun.safeParse(parseLine(text));
  if (!read.success) {
    throw new AppError('STORAGE_FAILED', `run.json of ${runId} cannot be read.`, {
      hint: 'It was changed or damaged; run the scenarios again.',
      details: { seen: z.prettifyError(read.error) },
    });
  }
  const { process: owner, ...stored } = read.data;
  // Checked border: the shape above is ours, and so is the rest of the file.
  return { run: fromFacts(stored) as Run, state: stored.state, alive: isAlive(owner) };
}

async function loadResults(store: Store, runId: string): Promise<readonly ItemResult[]> {
  const text = await store.readText(`runs/${runId}/verdict.json`);
  const read = z
    .object({ results: z.array(z.looseObject({ item_id: z.string() })) })
    .safeParse(parseLine(text ?? ''));
  return read.success ? (fromFacts(read.data.results) as readonly ItemResult[]) : [];
}

function isAlive({ pid, instance }: { readonly pid: number; readonly instance: string }): boolean {
  if (pid === process.pid) return instance === INSTANCE;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return systemErrorCode(error) === 'EPERM';
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

async function unknownRun(store: Store, runId: string): Promise<AppError> {
  const known = (await listRuns(store)).slice(0, 5).map(({ id }) => id);
  return new AppError('NOT_FOUND', `There is no run ${runId}.`, {
    hint: known.length === 0 ? 'Start one with scenario_run.' : `Latest runs: ${known.join(', ')}.`,
  });
}

function maskRun(run: Run): Run {
  return {
    ...run,
    scenarios: run.scenarios.map(maskScenario),
    items: run.items.map((planned) => ({
      ...planned,
      item: { ...planned.item, call: maskCall(planned.item.call) },
    })),
  };
}

function maskScenario(scenario: Scenario): Scenario {
  const { config } = scenario;
  return {
    ...scenario,
    config: {
      ...config,
      headers: redactHeaders(config.headers),
      setup: config.setup.map(maskCall),
      teardown: config.teardown.map(maskCall),
    },
    items: scenario.items.map((item) => ({ ...item, call: maskCall(item.call) })),
  };
}

function maskCall<C extends Call>(call: C): C {
  return { ...call, headers: redactHeaders(call.headers) };
}
