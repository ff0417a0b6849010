import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../bundle.ts';
import { AppError } from '../../errors.ts';
import { tame } from '../../policy.ts';
import type { PatchCheck } from '../../types-code.ts';
import { quote } from '../../units.ts';
import type { TextChange } from './write-diff.ts';

/** What the worker is given: texts before and after, paths below `root`. */
export interface TypeCheckRequest {
  readonly root: string;
  /** Whether the patch changes a package.json: what it adds there is not installed yet. */
  readonly addsPackages: boolean;
  readonly files: readonly {
    readonly file: string;
    readonly oldText: string | null;
    readonly newText: string;
  }[];
}

export interface TypeCheckResult {
  /** Errors of the TypeScript compiler that were not there before. */
  readonly errors: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  /** Files whose packages are not installed, so that nothing can be told of them. */
  readonly unsure: readonly string[];
  /** How many files beside the patch were looked at because they import one of it. */
  readonly importers: number;
  /** Else what the files that import the patch say is still to come. */
  readonly isLast: boolean;
}

const LIMIT_MS = 30_000;
const MAX_MEMORY_MB = 1_024;

/**
 * Has the TypeScript compiler look at the TypeScript files of a patch, in a thread of its own that is ended after
 * half a minute, and, as far as the time goes, at the files of the same project that import them. Errors that were there before are forgiven;
 * where packages are not installed, nothing is claimed.
 *
 * @throws AppError PATCH_INVALID with the line of the first new error.
 */
export async function checkTypes(
  root: string,
  changes: readonly TextChange[],
  signal: AbortSignal,
): Promise<readonly PatchCheck[]> {
  const files = changes.flatMap(({ file, oldText, newText }) =>
    newText !== null && isTypeScript(file) ? [{ file, oldText, newText }] : [],
  );
  if (files.length === 0) return [];
  const addsPackages = changes.some(({ file }) => /(^|\/)package\.json$/.test(file));
  const result = await runWorker({ root, addsPackages, files }, signal);
  if (typeof result === 'string')
    return [{ name: 'types', ok: true, message: `types were not checked: ${result}` }];
  const [first] = result.errors;
  if (first !== undefined) throw wrong(first, files);
  const unsure = result.unsure.length;
  const message =
    unsure === 0
      ? `${files.length} file(s)${importersOf(result)} without new errors of the TypeScript compiler`
      : `types were not checked in ${result.unsure.join(', ')}: packages that it imports are not installed`;
  return [{ name: 'types', ok: true, message }];
}

function importersOf({ importers }: TypeCheckResult): string {
  return importers === 0 ? '' : `, and ${importers} that import(s) them,`;
}

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/i.test(file) && !/\.d\.[cm]?ts$/i.test(file);
}

/** What the compiler said, or why it said nothing. */
function runWorker(request: TypeCheckRequest, signal: AbortSignal): Promise<TypeCheckResult | string> {
  const worker = new Worker(workerUrl('typescript'), {
    name: 'breakwater-types',
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
  });
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      void worker.terminate();
      settle();
    };
    const stop = () => end(() => reject(signal.reason));
    // The patch itself counts also when there is no time or memory left for the files that import it.
    let known: TypeCheckResult | null = null;
    const giveUp = (why: string) => end(() => resolve(known ?? why));
    const timer = setTimeout(() => giveUp(`the compiler took longer than ${LIMIT_MS / 1_000} s`), LIMIT_MS);
    signal.addEventListener('abort', stop, { once: true });
    worker.on('message', (result: TypeCheckResult) => {
      known = result;
      if (result.isLast) end(() => resolve(result));
    });
    worker.once('error', () => giveUp('the compiler gave up'));
  });
}

function wrong(
  { file, line, message }: TypeCheckResult['errors'][number],
  files: TypeCheckRequest['files'],
): AppError {
  const patched = files.find((one) => one.file === file);
  const text = patched?.newText ?? '';
  return new AppError(
    'PATCH_INVALID',
    `After the patch ${quote(file)}${patched === undefined ? ', which it leaves as it is,' : ''} has a new TypeScript error in line ${line}.`,
    {
      hint:
        patched === undefined
          ? 'Keep what that file uses as it was, or change that file in the same patch.'
          : 'Mend the proposed text at that line, then propose it again.',
      details: {
        file,
        line,
        error: tame(message, 400),
        seen: text.split('\n')[line - 1]?.slice(0, 200) ?? '',
      },
    },
  );
}
