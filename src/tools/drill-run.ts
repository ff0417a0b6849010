import { z } from 'zod';
import { AppError } from '../errors.ts';
import { drawSeed, MAX_SEED } from '../random.ts';
import { listLanguages } from '../service/languages.ts';
import { newId } from '../store.ts';
import { demandTrust } from '../trust.ts';
import type { DrillPlan } from '../types-drill.ts';
import { formatDuration } from '../units.ts';
import type { Answer, Question } from './session/answer.ts';
import { askUser } from './session/consent.ts';
import { parseDependencies } from './session/dependencies.ts';
import { checkDrillLimits, toDrillConfig } from './session/drill-config.ts';
import { DEFAULT_WAIT_SECONDS, waitAndAnswer } from './session/run-answer.ts';
import { demandApp } from './session/verification.ts';
import { defineTool, type ToolContext } from './tool.ts';

const input = z.strictObject({
  drills: z.array(z.string()).default([]).describe('Kinds or ids, e.g. database_down. Default: all'),
  phase_seconds: z
    .number()
    .positive()
    .max(600)
    .optional()
    .describe('Length of baseline and of failure; recovery may take four times as long'),
  users: z.number().int().positive().max(10_000).optional().describe('Concurrent users'),
  seed: z.number().int().min(0).max(MAX_SEED).optional(),
  dry_run: z.boolean().default(false).describe('Only tell what would be broken, and for how long'),
  wait_seconds: z.number().min(0).max(600).default(DEFAULT_WAIT_SECONDS),
});

/** Runs failure drills. */
export default defineTool({
  name: 'drill_run',
  title: 'Run failure drills',
  description:
    'Runs failure drills: starts the service by its command in the user\'s breakwater.yaml, keeps steady load on it, breaks one thing after another (database_down, cache_down, network_latency, slow_query, memory_pressure, cpu_saturation, application_crash), mends it and measures how long recovery takes, what users got and whether acknowledged writes were lost. Answers with a table, scores out of ten, RTO and RPO. Use it to learn how a whole service fails and recovers; scenario_run tests single operations. The user must have run "breakwater trust" once.',
  input,
  nature: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  async run(args, context): Promise<Answer | Question> {
    const { session } = context;
    const config = await session.loadConfig();
    const { app, file } = demandApp(config, 'To run drills');
    const { planDrills } = await import('../scenario/drill/plan.ts');
    const plans = planDrills(config.drills, parseDependencies(config), {
      drills: args.drills,
      phaseMs: args.phase_seconds === undefined ? null : args.phase_seconds * 1_000,
      users: args.users ?? null,
    });
    checkDrillLimits(plans, config);
    const drillConfig = toDrillConfig(config.drills, plans, await listLanguages(config.workspace));
    if (args.dry_run) return answerDry(plans, app.command);
    await demandTrust(config.stateHome, file);
    const question = await askToDrill(plans, app.command, context);
    if (question !== null) return question;
    demandAlone(session.jobs.list());
    const request = { id: newId('drl'), seed: args.seed ?? drawSeed(), config: drillConfig };
    session.jobs.start(request.id, 'drill', async (handle) => {
      const { runAndKeepDrills } = await import('./session/run-drills.ts');
      return runAndKeepDrills(request, { config, app }, session, handle);
    });
    return waitAndAnswer(request.id, args.wait_seconds, context);
  },
});

/** A host that can ask its user does so before anything starts; elsewhere the approved file is the yes. */
async function askToDrill(
  plans: readonly DrillPlan[],
  command: readonly string[],
  context: ToolContext,
): Promise<Question | null> {
  const { longestMs } = await import('../scenario/drill/run-drills.ts');
  const names = plans.map(({ id }) => id);
  const total = longestMs(plans);
  return askUser(
    {
      subject: ['drill', ...names, String(total), ...command],
      message: `Start the service with ${command.join(' ')}, and break it and what it depends on: ${names.join(', ')}? It takes ${formatDuration(total)} at most.`,
      otherwise: null,
      lasting: false,
    },
    context,
  );
}

async function answerDry(plans: readonly DrillPlan[], command: readonly string[]): Promise<Answer> {
  const { describePlan, longestMs } = await import('../scenario/drill/run-drills.ts');
  const lines = plans.map((plan) => `- ${describePlan(plan)}`);
  return {
    text: [
      `${plans.length} ${plans.length === 1 ? 'drill' : 'drills'} would run, in ${formatDuration(longestMs(plans))} at most. Nothing was started.`,
      `The service would be started by: ${command.join(' ')}`,
      ...lines,
    ].join('\n'),
    facts: {
      drills: plans.map(({ id, kind, dependency }) => ({ id, kind, dependency })),
      longest_ms: longestMs(plans),
    },
    next: [{ tool: 'drill_run', args: { drills: plans.map(({ id }) => id) } }],
    verdict: null,
  };
}

/** Two sets of drills at once would break each other's ground. */
function demandAlone(
  jobs: readonly { readonly id: string; readonly kind: string; readonly state: string }[],
): void {
  const other = jobs.find(({ kind, state }) => kind === 'drill' && state === 'running');
  if (other === undefined) return;
  throw new AppError('BAD_INPUT', `Drills are running already (${other.id}).`, {
    hint: 'Wait for them with run_report, or end them with run_cancel.',
  });
}
