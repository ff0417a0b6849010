import { z } from 'zod';
import { AppError, toAppError } from '../errors.ts';
import { checkTarget } from '../policy.ts';
import { readFaults } from '../proxy/fault-list.ts';
import { drawSeed } from '../random.ts';
import { parseDurationMs } from '../units.ts';
import type { Answer, Question } from './session/answer.ts';
import { askToReach } from './session/consent.ts';
import { FAULTS_HELP, faultArgument } from './session/fault-argument.ts';
import { DEFAULT_WAIT_SECONDS, waitAndAnswer } from './session/run-answer.ts';
import { checkLimits, newRunId, runAndKeep } from './session/start-run.ts';
import { toFacts } from './session/to-facts.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  url: z.string().describe('What to call, e.g. http://127.0.0.1:8000/orders/1'),
  faults: z.array(faultArgument).min(1).describe(FAULTS_HELP),
  method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  duration: z.string().default('3s').describe('Length of the load with the fault, e.g. 5s'),
  clients: z.number().int().min(1).max(200).default(2),
  rps: z.number().min(0.1).max(1_000).default(5).describe('Requests a second for each client'),
  timeout_ms: z.number().int().min(1).max(120_000).default(10_000).describe('Patience of the client'),
  dependency: z
    .string()
    .optional()
    .describe(
      'Place the fault between the service and this dependency instead, [PORT=][PROTOCOL://]HOST:PORT; the service must use that proxy',
    ),
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  wait_seconds: z.number().min(0).max(600).default(DEFAULT_WAIT_SECONDS),
});

/** Answers what one URL does under one set of faults. */
export default defineTool({
  name: 'fault_probe',
  title: 'Probe one URL under a fault',
  description:
    'Calls one URL without and with faults and shows both side by side: p50, p95, p99, errors by kind, what was injected and what remains, and in one sentence what it means. Use it for a quick question about one endpoint; for a whole API use scenario_generate and scenario_run. Real requests are sent.',
  input,
  nature: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  async run(args, context): Promise<Answer | Question> {
    const { session } = context;
    const [{ buildProbe, summarizeProbe }, { toRunFacts }] = await Promise.all([
      import('../scenario/probe.ts'),
      import('../scenario/report/json.ts'),
    ]);
    const config = await session.loadConfig();
    await checkTarget(args.url, config.allowHosts);
    const reached = args.dependency === undefined ? [args.url] : [args.url, args.dependency];
    const question = await askToReach(reached, 'Send requests, with faults, to', context);
    if (question !== null) return question;
    const scenarios = buildProbe({
      url: args.url,
      method: args.method,
      headers: args.headers,
      body: args.body ?? null,
      faults: readFaults(args.faults),
      upstream: args.dependency ?? null,
      durationMs: readDuration(args.duration),
      clients: args.clients,
      rps: args.rps,
      timeoutMs: args.timeout_ms,
    });
    checkLimits(scenarios, config.limits);
    const id = newRunId();
    const options = {
      scenarios,
      notices: [],
      seed: args.seed ?? drawSeed(),
      baseUrl: null,
      headers: {},
      operations: [],
      titles: [],
      parallel: 1,
      openProxies: new Map(),
      forward: null,
    };
    session.jobs.start(id, 'run', async (handle) => {
      const result = await runAndKeep(id, options, session, handle);

      return {
        text: summarizeProbe(result),
        facts: toFacts(toRunFacts(result)),
        next: [{ tool: 'run_report', args: { run_id: id, view: 'full' } }],
        verdict: null,
      };
    });
    return waitAndAnswer(id, args.wait_seconds, context);
  },
});

function readDuration(text: string): number {
  try {
    return parseDurationMs(text);
  } catch (cause) {
    throw new AppError('BAD_INPUT', `duration: ${toAppError(cause).message}`, { cause });
  }
}
