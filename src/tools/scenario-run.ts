import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import { checkTarget } from '../policy.ts';
import { drawSeed } from '../random.ts';
import type { Scenario } from '../types.ts';
import type { Answer, Question } from './session/answer.ts';
import { askToReach } from './session/consent.ts';
import { keepSources } from './session/item-places.ts';
import { demandSecrets, loadScenarios } from './session/load-scenarios.ts';
import { answerForRun, DEFAULT_WAIT_SECONDS, waitAndAnswer } from './session/run-answer.ts';
import { checkLimits, newRunId, type RunOptions, runAndKeep } from './session/start-run.ts';
import { defineTool, type ToolContext } from './tool.ts';

const MAX_ROWS = 60;

const input = z.strictObject({
  file: z.string().optional().describe('Scenario file, folder or pattern in the workspace'),
  scenario_id: z.string().optional().describe('From scenario_generate; or "latest"'),
  yaml: z.string().optional().describe('Scenarios as text'),
  run_id: z.string().optional().describe('Replay this run: same scenarios, same seed'),
  operations: z.array(z.string()).default([]).describe('Only these operationIds or "GET /path"'),
  titles: z.array(z.string()).default([]).describe('Only scenarios whose title contains one of these'),
  base_url: z.string().optional().describe('Send the calls to this origin instead'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('Default: of the file or the replayed run, else drawn'),
  parallel: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('Items side by side; 1 runs them one after another'),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers for every call'),
  dry_run: z.boolean().default(false).describe('Validate and estimate only; nothing is sent'),
  wait_seconds: z
    .number()
    .min(0)
    .max(600)
    .default(DEFAULT_WAIT_SECONDS)
    .describe('Answer at the latest after this; the run goes on'),
});

/** Runs scenarios against the service. */
export default defineTool({
  name: 'scenario_run',
  title: 'Run scenarios',
  description:
    'Runs scenarios against a running service through the fault proxy and judges each: pass, fail or inconclusive, with figures, the cause (injected or target) and a proof that the fault acted. Give one of scenario_id, file, yaml or run_id (replay). Real requests are sent, also POST. A long run goes on after the answer: then call run_report with the run_id. Answers with run_id, counts, and the failed and inconclusive items.',
  input,
  nature: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  async run(args, context): Promise<Answer | Question> {
    const { session } = context;
    const [config, store] = await Promise.all([session.loadConfig(), session.openStore()]);
    const loaded = await loadScenarios(args, config, store);
    demandSecrets(loaded.scenarios, args.headers, config.auth);
    checkLimits(loaded.scenarios, config.limits);
    const origins = new Set(args.base_url === undefined ? listOrigins(loaded.scenarios) : [args.base_url]);
    for (const origin of origins) await checkTarget(origin, config.allowHosts);
    const options: RunOptions = {
      scenarios: loaded.scenarios,
      notices: loaded.notices,
      seed: args.seed ?? loaded.seed ?? drawSeed(),
      baseUrl: args.base_url ?? null,
      headers: args.headers,
      operations: args.operations,
      titles: args.titles,
      parallel: args.parallel,
      openProxies: new Map(),
      forward: null,
    };
    if (args.dry_run) return answerDryRun(options, context);
    const reached = [...origins, ...listUpstreams(loaded.scenarios)];
    const question = await askToReach(reached, 'Send requests, with faults, to', context);
    if (question !== null) return question;
    const id = newRunId();
    session.jobs.start(id, 'run', async (handle) => {
      const result = await runAndKeep(id, options, session, handle);
      await keepSources(id, loaded.files, store);
      return answerForRun(result);
    });
    return waitAndAnswer(id, args.wait_seconds, context);
  },
});

function listOrigins(scenarios: readonly Scenario[]): string[] {
  return scenarios.flatMap((scenario) =>
    [...scenario.config.setup, ...scenario.config.teardown, ...scenario.items.map(({ call }) => call)].map(
      ({ url }) => originOf(url),
    ),
  );
}

/** Where faults are placed; what the calls themselves name is written `*`. */
function listUpstreams(scenarios: readonly Scenario[]): string[] {
  const named = scenarios.flatMap(({ items }) => items.flatMap(({ context }) => context.upstreams));
  return named.filter((upstream) => upstream !== '*');
}

/** Placeholders may stand in the path; the origin is what is checked. */
function originOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? url;
}

async function answerDryRun(options: RunOptions, { session }: ToolContext): Promise<Answer> {
  const [
    { estimateScenarios },
    { planItems, listPlannedScenarios },
    { boundRun, limitLanes, orderItems },
    { needsForward },
  ] = await Promise.all([
    import('../scenario/estimate.ts'),
    import('../scenario/run/plan.ts'),
    import('../scenario/run/order.ts'),
    import('../scenario/run/forward.ts'),
  ]);
  const config = await session.loadConfig();
  const plans = planItems(options);
  const scenarios = listPlannedScenarios(plans, options);
  const limits = limitLanes(options.parallel);
  const proxies = session.proxies.byUpstream();
  const forward = needsForward(plans, new Set(proxies.keys()));
  const order = orderItems(plans, limits, { proxies, forward });
  const leastMs = boundRun(order, limits);
  const rows = scenarios.map((scenario) => ({
    title: scenario.title,
    endpoint: scenario.items.map(({ call }) => `${call.method} ${call.url}`)[0] ?? '–',
    ...estimateScenarios([scenario]),
  }));
  const total = estimateScenarios(scenarios);
  const table = markdownTable(
    ['scenario', 'call', 'requests', 'time'],
    rows
      .slice(0, MAX_ROWS)
      .map((row) => [row.title, row.endpoint, String(row.requests), showSeconds(row.durationMs)]),
  );
  const more = rows.length > MAX_ROWS ? `\n\nand ${rows.length - MAX_ROWS} more` : '';
  return {
    text: [
      `Valid: ${scenarios.length} scenarios, about ${total.requests} requests in ${showSeconds(leastMs)}, ${options.parallel} items side by side (${showSeconds(total.durationMs)} one after another). Nothing was sent.`,
      ...order.notices.map(({ message }) => message),
      `Limits: ${config.limits.requestsPerSecond} requests a second, ${config.limits.clients} clients.`,
      '',
      `${table}${more}`,
      ...listNotices(options.notices),
    ].join('\n'),
    facts: {
      scenarios: scenarios.length,
      requests: total.requests,
      duration_ms: Math.round(leastMs),
      serial_duration_ms: total.durationMs,
      notices: options.notices.map(({ where, message }) => ({ where, message })),
    },
    next: [],
    verdict: null,
  };
}

/** What was read although it is written otherwise, and what could not be meant as it stands. */
function listNotices(notices: RunOptions['notices']): string[] {
  if (notices.length === 0) return [];
  return [
    '',
    'Notices:',
    ...notices.slice(0, MAX_ROWS).map(({ where, message }) => `- ${where}: ${message}`),
    ...(notices.length > MAX_ROWS ? [`- and ${notices.length - MAX_ROWS} more`] : []),
  ];
}

function showSeconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`;
}
