import { z } from 'zod';
import { drawSeed } from '../random.ts';
import { isSensitivePath } from '../review/patch/patch-path.ts';
import { newId } from '../store.ts';
import { demandTrust } from '../trust.ts';
import type { Patch, VerificationVerdict } from '../types-code.ts';
import type { VerdictValue } from '../types-run.ts';
import type { Answer, Question } from './session/answer.ts';
import { askUser } from './session/consent.ts';
import type { JobProgress } from './session/jobs.ts';
import { loadPatch } from './session/kept-reviews.ts';
import { demandSecrets, loadScenarios } from './session/load-scenarios.ts';
import { readPatchedFile } from './session/read-source.ts';
import { DEFAULT_WAIT_SECONDS, waitAndAnswer } from './session/run-answer.ts';
import type { TrialResult } from './session/scratch-trial.ts';
import { checkLimits } from './session/start-run.ts';
import {
  blamePatch,
  demandApp,
  describeEndings,
  describeLeftOut,
  describeTests,
  renderVerification,
  weighTests,
} from './session/verification.ts';
import { defineTool, type ToolContext } from './tool.ts';

const input = z.strictObject({
  patch_id: z.string().describe('From patch_propose; or "latest"'),
  run_id: z.string().optional().describe('Repeat the scenarios of this run. Default: the latest run'),
  file: z.string().optional().describe('Scenario file instead'),
  scenario_id: z.string().optional().describe('Scenarios of scenario_generate instead'),
  operations: z.array(z.string()).default([]).describe('Only these operationIds or "GET /path"'),
  titles: z.array(z.string()).default([]).describe('Only scenarios whose title contains one of these'),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers for every call, e.g. credentials'),
  wait_seconds: z.number().min(0).max(600).default(DEFAULT_WAIT_SECONDS),
});

/** Proves whether a patch helps. */
export default defineTool({
  name: 'patch_verify',
  title: 'Verify a patch',
  description:
    'Proves whether a patch helps: starts the service from a scratch copy without and with the patch (by the command in the user\'s breakwater.yaml), runs the same scenarios with the same seed against both, and compares. Answers fixed, improved, unchanged or regressed, with before and after side by side. The workspace is not touched. Use it before you say that a patch helps. The user must have run "breakwater trust" once and agree to each patch.',
  input,
  nature: { readOnly: false, destructive: true, idempotent: false, openWorld: true },
  async run(args, context): Promise<Answer | Question> {
    const { session } = context;
    const [config, store] = await Promise.all([session.loadConfig(), session.openStore()]);
    const patch = await loadPatch(args.patch_id, store);
    const { checkPatchFresh } = await import('../review/patch/build-patch.ts');
    await checkPatchFresh(patch, (file) => readPatchedFile(config.workspace, file));
    const { app, file } = demandApp(config, 'To try a patch');
    await demandTrust(config.stateHome, file);
    const question = askForPatch(patch, app.command, context);
    if (question !== null) return question;

    const sourceGiven = args.file ?? args.scenario_id ?? args.run_id;
    const loaded = await loadScenarios(
      sourceGiven === undefined ? { run_id: 'latest' } : args,
      config,
      store,
    );
    demandSecrets(loaded.scenarios, args.headers, config.auth);
    checkLimits(loaded.scenarios, config.limits);
    const run = {
      scenarios: loaded.scenarios,
      notices: loaded.notices,
      seed: loaded.seed ?? drawSeed(),
      headers: args.headers,
      operations: args.operations,
      titles: args.titles,
      parallel: 1,
    };
    const id = newId('ver');
    session.jobs.start(id, 'verification', async (handle) => {
      const [{ runInScratch }, { verifyPatch }, { compareRuns }] = await Promise.all([
        import('./session/scratch-trial.ts'),
        import('../review/verify.ts'),
        import('../scenario/compare.ts'),
      ]);
      const tests: { before: TrialResult['tests']; after: TrialResult['tests'] } = {
        before: null,
        after: null,
      };
      const endings: Record<'before' | 'after', TrialResult['endings']> = {
        before: new Map(),
        after: new Map(),
      };
      let leftOut: TrialResult['leftOut'] = [];
      const trial = async (files: Patch['files'], stage: 'before' | 'after') => {
        const report = (progress: JobProgress) =>
          handle.report({ ...progress, message: `${stage}: ${progress.message}` });
        const result = await runInScratch({ app, config, files, run }, session, {
          signal: handle.signal,
          report,
        });
        tests[stage] = result.tests;
        endings[stage] = result.endings;
        leftOut = result.leftOut;
        return result;
      };
      const measured = await verifyPatch(
        patch,
        { id },
        {
          runBefore: () => trial([], 'before'),
          runAfter: () =>
            trial(patch.files, 'after').catch((error: unknown) => {
              throw blamePatch(error);
            }),
          compare: compareRuns,
        },
      );
      const verification = weighTests(measured, tests);
      const remarks = [
        ...describeEndings(verification, endings),
        describeTests(tests),
        describeLeftOut(verification, leftOut),
      ];
      const text = [renderVerification(verification), ...remarks.filter((remark) => remark !== null)].join(
        '\n\n',
      );
      await store.writeText(
        `patches/${patch.id}/verification.json`,
        `${JSON.stringify(verification, null, 2)}\n`,
      );
      await store.writeText(
        `patches/${patch.id}/verification.md`,
        `# Verification of ${patch.title}\n\n${text}\n`,
      );
      return {
        text: `${text}\n\nKept in .breakwater/patches/${patch.id}/verification.md`,
        facts: {
          verification_id: id,
          patch_id: patch.id,
          verdict: verification.verdict,
          reason: verification.reason,
          before_run_id: verification.beforeRunId,
          after_run_id: verification.afterRunId,
          changes: verification.changes.map(({ endpoint, scenarioTitle, change, why }) => ({
            endpoint,
            scenario: scenarioTitle,
            change,
            why,
          })),
        },
        next: [
          {
            tool: 'run_report',
            args: { run_id: verification.afterRunId, view: 'compare', compare_to: verification.beforeRunId },
          },
        ],
        verdict: toExit(verification.verdict),
      };
    });
    return waitAndAnswer(id, args.wait_seconds, context);
  },
});

/** Each patch needs its own yes: it is code that a model wrote. */
function askForPatch(patch: Patch, command: readonly string[], context: ToolContext): Question | null {
  const files = patch.files.map(({ file }) => file);
  const risky = files.filter(isSensitivePath);
  const warning = risky.length === 0 ? '' : ` It changes what is installed or executed: ${risky.join(', ')}.`;
  return askUser(
    {
      subject: ['patch', patch.sha256],
      message: `Try "${patch.title}" (${patch.id})? It changes ${files.join(', ')}.${warning} The service is started from a scratch copy with: ${command.join(' ')}. Diff hash ${patch.sha256.slice(0, 12)}.`,
      otherwise: `CONSENT_NEEDED: the user must agree to this patch before it is run. This host cannot ask, so the user can run in a terminal: breakwater verify ${patch.id} --yes`,
      lasting: false,
    },
    context,
  );
}

function toExit(verdict: VerificationVerdict): VerdictValue {
  if (verdict === 'fixed' || verdict === 'improved') return 'pass';
  return verdict === 'inconclusive' ? 'inconclusive' : 'fail';
}
