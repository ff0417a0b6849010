import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, systemErrorCode } from '../errors.ts';
import { isInside } from '../policy.ts';
import { readRegularFile } from '../workspace-files.ts';

/**
 * Gives the text of `file` below `root` as it is now.
 *
 * @throws AppError NOT_FOUND for a file that is not there, PATH_NOT_ALLOWED for one outside the root,
 * BAD_INPUT, LIMIT_EXCEEDED.
 */
export async function readTextBelow(root: string, file: string): Promise<string> {
  const real = await realpath(join(root, file)).catch((cause: unknown) => {
    if (systemErrorCode(cause) !== 'ENOENT') throw cause;
    throw new AppError('NOT_FOUND', 'The file is not in the workspace.', {
      hint: 'Index again, or ask for a file that `code_search` names.',
      details: { file },
      cause,
    });
  });
  if (!isInside(await realpath(root), real)) {
    throw new AppError('PATH_NOT_ALLOWED', 'The file lies outside the workspace.', {
      hint: 'Give a path below the root of the workspace.',
      details: { file },
    });
  }
  return readRegularFile(real);
}
