import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { systemClock } from '../../../src/clock.ts';
import { AppError } from '../../../src/errors.ts';
import { buildPatch } from '../../../src/review/patch/build-patch.ts';
import type { FindUses } from '../../../src/review/patch/check-uses.ts';
import type { PatchSource } from '../../../src/review/patch/plan-changes.ts';
import type { Patch } from '../../../src/types-code.ts';

export type Files = Readonly<Record<string, string>>;

/** Builds a patch against files that stand in memory. */
export function propose(
  files: Files,
  source: PatchSource,
  findUses: FindUses = async (gone) => gone.map(() => []),
): Promise<Patch> {
  return buildPatch(
    { id: 'pat_test', title: 'a test', root: '/workspace', findingIds: [], source },
    {
      findUses,
      readFile: async (file) => files[file] ?? null,
      clock: systemClock,
      signal: new AbortController().signal,
    },
  );
}

/** The error that a refused patch ends with. */
export async function refusal(files: Files, source: PatchSource): Promise<AppError> {
  const error = await propose(files, source).then(
    () => null,
    (seen: unknown) => seen,
  );
  if (error instanceof AppError) return error;
  throw new Error(`expected a refusal, got ${String(error)}`);
}

const hasPatch = spawnSync('patch', ['--version'], { stdio: 'ignore' }).status === 0;
if (!hasPatch) {
  if (process.env.BREAKWATER_TEST_REQUIRE_ALL === '1')
    throw new Error('the program "patch" is required and not on the PATH');
  // Vitest's default reporter shows neither the names of skipped tests nor why.
  console.warn(
    'SKIPPED patch -p1: there is no program "patch" on the PATH; diffs are tried with git apply only',
  );
}

/** The texts that `git apply` and, on a fresh copy, `patch -p1` make of files and a diff; git's twice without patch. */
export function applyForReal(files: Files, diff: string): { readonly git: Files; readonly patch: Files } {
  const git = applyBy(files, diff, 'git');
  return { git, patch: hasPatch ? applyBy(files, diff, 'patch') : git };
}

function applyBy(files: Files, diff: string, tool: 'git' | 'patch'): Files {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-patch-'));
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      writeFileSync(join(root, file), text);
    }
    writeFileSync(join(root, '.the.diff'), diff);
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    if (tool === 'git') {
      run('git', 'init', '-q');
      run('git', 'apply', '--check', '.the.diff');
      run('git', 'apply', '.the.diff');
    } else run('patch', '-p1', '--batch', '--fuzz=0', '-i', '.the.diff');
    const names = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .filter((name) => name !== '.the.diff' && !name.startsWith('.git/'));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, name), 'utf8')]).sort());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
