import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { cleanse } from '../policy.ts';
import type { Review } from '../review/review-nouns.ts';
import { newId } from '../store.ts';
import { mapTexts } from '../texts.ts';
import type { Finding } from '../types-code.ts';
import { writeTextInside } from '../workspace-files.ts';
import type { Answer, NextCall, Question } from './session/answer.ts';
import { openCodeIndex } from './session/code-folder.ts';
import { resolveId } from './session/load-scenarios.ts';
import { askConfiguredModel, askForModel } from './session/model-part.ts';
import { readWorkspaceFile, readYamlFiles } from './session/read-source.ts';
import { defineTool } from './tool.ts';

const EARLIER_REPORT = 'scenario-review-report.md';

const input = z.strictObject({
  path: z.string().optional().describe('Folder of the code in the workspace. Default: all of it'),
  operations: z.array(z.string()).default([]).describe('Only findings that these operations reach'),
  run_id: z
    .string()
    .optional()
    .describe('Measurements to link the findings to; or "latest". Strongly advised'),
  context_files: z.array(z.string()).default([]).describe('Earlier reports in the workspace, taken as data'),
  role: z.enum(['developer', 'sre']).default('developer'),
  rules: z.array(z.string()).default([]).describe('Only these rules'),
  baseline: z
    .string()
    .optional()
    .describe('File of known findings to leave out (e.g. .breakwater-baseline.json)'),
  format: z
    .enum(['markdown', 'json', 'sarif', 'baseline'])
    .default('markdown')
    .describe('Of the file that output names'),
  output: z.string().optional().describe('Write the full report to this file in the workspace too'),
  model: z
    .enum(['host', 'configured', 'none'])
    .default('host')
    .describe('Who goes further than the rules: you, by the brief; the endpoint of breakwater.yaml; nobody'),
});

/** Reviews code and measurements. */
export default defineTool({
  name: 'review_code',
  title: 'Review code and measurements',
  description:
    'Reviews the code for resilience weaknesses (missing timeouts, unbounded retries, blocked event loops, pools, transactions) and links each finding to what a run has measured. Use it after scenario_run, with its run_id. Answers with findings by weight: file, line, evidence, and whether a safe fix exists; the full report and a brief for your own judgement are resources. Then patch_propose.',
  input,
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run(args, context): Promise<Answer | Question> {
    const { session, signal } = context;
    const [
      { reviewCode },
      { renderReviewMarkdown },
      { renderReviewSummary },
      { renderBrief },
      { renderReviewSarif },
      { readBaseline, renderBaseline },
      { readOwnRules },
      { listCitable },
      { joinRoutes },
      { gatherContexts },
    ] = await Promise.all([
      import('../review/review.ts'),
      import('../review/report/markdown.ts'),
      import('../review/report/summary.ts'),
      import('../review/report/brief.ts'),
      import('../review/report/sarif.ts'),
      import('../review/baseline.ts'),
      import('../review/own-rules.ts'),
      import('../review/cited-claims.ts'),
      import('../review/join-routes.ts'),
      import('../review/gather-contexts.ts'),
    ]);
    const [config, store] = await Promise.all([session.loadConfig(), session.openStore()]);
    const question = args.model === 'configured' ? await askForModel(config, context) : null;
    if (question !== null) return question;
    const index = await openCodeIndex(args.path, context);
    const run =
      args.run_id === undefined
        ? null
        : await import('../scenario/run-folder.ts').then(async ({ loadRun }) =>
            loadRun(store, await resolveId(args.run_id ?? 'latest', 'runs', store)),
          );
    const earlier = (await readdir(config.workspace)).includes(EARLIER_REPORT) ? [EARLIER_REPORT] : [];
    const contextTexts = await Promise.all(
      [...new Set([...args.context_files, ...earlier])].map(async (file) => ({
        name: file,
        text: (await readWorkspaceFile(file, config)).text,
      })),
    );
    const baseline =
      args.baseline === undefined
        ? undefined
        : readBaseline((await readWorkspaceFile(args.baseline, config)).text, args.baseline);
    const ownRules =
      config.ownRules === null ? [] : await readOwnRules(await readYamlFiles(config.ownRules, config));
    const id = newId('rev');
    const { operations, rules, role } = args;
    const review = await reviewCode(
      { id, index, run, operations, rules, ownRules, role, contextTexts, ...(baseline && { baseline }) },
      { clock: session.clock, signal },
    );
    const contexts = await gatherContexts(review, index);
    const brief = cleanse(renderBrief(review, contexts));
    const asked =
      args.model === 'configured'
        ? await askConfiguredModel(brief, listCitable(review, run, contexts), config, signal)
        : { part: null, notice: null };
    const joined = run === null ? null : joinRoutes(run, index?.routes ?? []).run;
    const report = cleanse(renderReviewMarkdown(review, joined, asked.part));
    const toJson = (fixes: 'kept' | 'masked') => `${JSON.stringify(maskReview(review, fixes), null, 2)}\n`;
    await store.writeText(`reviews/${id}/findings.json`, toJson('kept'));
    await store.writeText(`reviews/${id}/report.md`, report);
    await store.writeText(`reviews/${id}/brief.md`, brief);
    const sarif = renderReviewSarif(review);
    await store.writeText(`reviews/${id}/report.sarif`, sarif);
    await store.writeText('reviews/latest', id);
    if (args.output !== undefined) {
      const texts = {
        markdown: report,
        sarif,
        baseline: renderBaseline([...review.findings, ...review.leads]),
        json: toJson('masked'),
      };
      await writeTextInside(config.workspace, args.output, texts[args.format]);
    }

    const fixable = review.findings.filter(({ fix }) => fix !== null).map((finding) => finding.id);
    const propose: NextCall[] =
      fixable.length === 0 ? [] : [{ tool: 'patch_propose', args: { finding_ids: fixable.slice(0, 10) } }];
    const forHost = [
      args.model === 'host' ? ` Brief for your own judgement: breakwater://reviews/${id}/brief.md` : '',
      asked.notice === null ? '' : `\n\nModel: ${asked.notice.message}`,
    ].join('');
    return {
      text: `${renderReviewSummary(review)}\n\nFull report: breakwater://reviews/${id}/report.md (.breakwater/reviews/${id}/report.md).${forHost}`,
      facts: {
        review_id: id,
        run_id: review.runId,
        scores: review.scores
          .filter((card) => card.kind === 'operation')
          .map(({ subject, reliability, performance, basis }) => ({
            operation: subject,
            reliability: reliability.value,
            performance: performance.value,
            basis,
          })),
        findings: review.findings.map((finding) => ({
          finding_id: finding.id,
          rule: finding.ruleId,
          severity: finding.severity,
          title: finding.title,
          file: finding.place.file,
          start_line: finding.place.startLine,
          end_line: finding.place.endLine,
          reached_from: finding.reachedFrom,
          evidence: finding.evidence.map(({ runId, itemId, symptom, figures, confidence }) => ({
            run_id: runId,
            item_id: itemId,
            symptom,
            figures,
            confidence,
          })),
          has_fix: finding.fix !== null,
        })),
        leads: review.leads.map(({ id: lead, ruleId, place }) => ({
          finding_id: lead,
          rule: ruleId,
          file: place.file,
          start_line: place.startLine,
        })),
      },
      next: propose,
      verdict: null,
    };
  },
});

/** Secrets masked in all that is said; fixes stay as they are where a patch is to be made of them. */
function maskReview(review: Review, fixes: 'kept' | 'masked'): unknown {
  const masked = mapTexts(review, cleanse);
  if (fixes === 'masked') return masked;
  const withFixes = (some: readonly Finding[], originals: readonly Finding[]) =>
    some.map((finding, at) => ({ ...finding, fix: originals[at]?.fix ?? null }));
  return {
    ...masked,
    findings: withFixes(masked.findings, review.findings),
    leads: withFixes(masked.leads, review.leads),
  };
}
