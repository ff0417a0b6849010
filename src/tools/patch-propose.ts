import { z } from 'zod';
import { AppError } from '../errors.ts';
import { fence } from '../policy.ts';
import type { FindUses } from '../review/patch/check-uses.ts';
import type { PatchSource } from '../review/patch/plan-changes.ts';
import { newId } from '../store.ts';
import type { Answer } from './session/answer.ts';
import { findFindings, keepPatch } from './session/kept-reviews.ts';
import { readPatchedFile } from './session/read-source.ts';
import { defineTool, type ToolContext } from './tool.ts';

const DIFF_LIMIT = 20_000;
/** Checks that refuse nothing, but ask for a look. */
const HINTS = new Set(['sensitive_files', 'imports', 'uses']);

const input = z.strictObject({
  finding_ids: z.array(z.string()).default([]).describe('Take the fixes of these findings'),
  edits: z
    .array(z.strictObject({ file: z.string(), search: z.string(), replace: z.string() }))
    .default([])
    .describe('Search-and-replace; search must occur once in the file'),
  files: z
    .array(z.strictObject({ file: z.string(), content: z.string() }))
    .default([])
    .describe('Whole new contents of files'),
  diff: z.string().optional().describe('A unified diff; line numbers may be off'),
  title: z.string().max(200).optional(),
});
type Args = z.output<typeof input>;

/** Makes a checked patch. */
export default defineTool({
  name: 'patch_propose',
  title: 'Propose a patch',
  description:
    'Makes a unified diff from the fixes of findings, or from your own edits, files or diff, and checks it: it applies to the files as they are, paths stay in the workspace, the results parse. Nothing in the workspace is written. Answers with patch_id and the diff to show to the user, or says exactly what does not fit, with the nearest text. Then patch_verify.',
  input,
  nature: { readOnly: false, destructive: false, idempotent: false, openWorld: false },
  async run(args, context): Promise<Answer> {
    const { session, signal } = context;
    const { buildPatch } = await import('../review/patch/build-patch.ts');
    const [config, store] = await Promise.all([session.loadConfig(), session.openStore()]);
    const source = await sourceOf(args, () => findFindings(args.finding_ids, store));
    const patch = await buildPatch(
      {
        id: newId('pat'),
        title: args.title ?? titleOf(args),
        root: config.workspace,
        findingIds: args.finding_ids,
        source,
      },
      {
        readFile: (file) => readPatchedFile(config.workspace, file),
        findUses: (files) => findUses(files, context),
        clock: session.clock,
        signal,
      },
    );
    await keepPatch(patch, store);
    const checks = patch.checks.map(
      ({ name, ok, message }) =>
        `- ${HINTS.has(name) ? 'look' : ok ? 'ok' : 'failed'}: ${name}${message === '' ? '' : ` (${message})`}`,
    );
    return {
      text: [
        `${patch.id}: ${patch.title} (${patch.files.length} ${patch.files.length === 1 ? 'file' : 'files'})`,
        fence(patch.diff, DIFF_LIMIT, 'diff'),
        'Checked:',
        ...checks,
        'Nothing was written to the workspace. git apply takes the diff from',
        `.breakwater/patches/${patch.id}/patch.diff`,
      ].join('\n'),
      facts: {
        patch_id: patch.id,
        title: patch.title,
        sha256: patch.sha256,
        diff: patch.diff,
        files: patch.files.map(({ file }) => file),
        checks: patch.checks.map((check) => ({ ...check })),
      },
      next: [{ tool: 'patch_verify', args: { patch_id: patch.id } }],
      verdict: null,
    };
  },
});

/** Where the workspace needs each of the files. */
async function findUses(files: readonly string[], context: ToolContext): ReturnType<FindUses> {
  const { openCodeIndex } = await import('./session/code-folder.ts');
  const index = await openCodeIndex(undefined, context);
  try {
    return await Promise.all(files.map((file) => index.findUses(file)));
  } finally {
    index.close();
  }
}

async function sourceOf(args: Args, findings: () => ReturnType<typeof findFindings>): Promise<PatchSource> {
  const given = [
    args.finding_ids.length > 0,
    args.edits.length > 0,
    args.files.length > 0,
    args.diff !== undefined,
  ].filter(Boolean).length;
  if (given !== 1)
    throw new AppError(
      'BAD_INPUT',
      `Expected one of finding_ids, edits, files or diff; ${given === 0 ? 'none was' : `${given} were`} given.`,
      { hint: 'Make one patch from one source; a second call can make another.' },
    );
  if (args.edits.length > 0) return { kind: 'blocks', blocks: args.edits };
  if (args.files.length > 0) return { kind: 'files', files: args.files };
  if (args.diff !== undefined) return { kind: 'diff', diff: args.diff };
  const found = await findings();
  const without = found.filter(({ fix }) => fix === null);
  if (without.length > 0)
    throw new AppError(
      'PATCH_INVALID',
      `No safe fix is known for ${without.map(({ id }) => id).join(', ')}.`,
      { hint: 'Look at the code with code_context and give your own edits.' },
    );
  return {
    kind: 'edits',
    edits: found.flatMap(({ fix }) => fix?.edits ?? []),
    base: Object.fromEntries(found.flatMap(({ fix }) => Object.entries(fix?.base ?? {}))),
  };
}

function titleOf({ finding_ids }: Args): string {
  return finding_ids.length === 0
    ? 'Proposed change'
    : `Fix ${finding_ids.length} ${finding_ids.length === 1 ? 'finding' : 'findings'}`;
}
