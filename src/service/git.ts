import { execFile } from 'node:child_process';
import type { StringMap } from '../types.ts';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
/** The repository's own configuration must not run a program. */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];

export interface GitDeps {
  readonly signal: AbortSignal;
  /** What git inherits: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
}

/**
 * What git prints, given `input`; `null` when it fails, is not there, or `folder` lies in no repository.
 *
 * @throws the signal's reason.
 */
export function askGit(
  folder: string,
  args: readonly string[],
  deps: GitDeps,
  input = '',
): Promise<string | null> {
  const options = { cwd: folder, env: deps.baseEnv, signal: deps.signal, maxBuffer: MAX_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    const git = execFile('git', [...SAFE, ...args], options, (error, stdout) => {
      if (deps.signal.aborted) reject(deps.signal.reason);
      else resolve(error === null ? stdout : null);
    });
    // A git that ends without reading has said so by its exit code.
    git.stdin?.on('error', () => undefined);
    git.stdin?.end(input);
  });
}
