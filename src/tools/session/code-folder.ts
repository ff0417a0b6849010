import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { AppError } from '../../errors.ts';
import { resolveInside } from '../../policy.ts';
import type { OpenCode } from '../../rag/open-code.ts';
import { quote } from '../../units.ts';
import type { ToolContext } from '../tool.ts';

/**
 * Opens the index of the workspace, brought up to date; `named` restricts its files and routes to a folder.
 *
 * @throws AppError NOT_FOUND when it is no folder, PATH_NOT_ALLOWED when it lies outside
 */
export async function openCodeIndex(
  named: string | undefined,
  { session, signal, onProgress }: ToolContext,
): Promise<OpenCode> {
  const { workspace } = await session.loadConfig();
  const folder = named === undefined ? workspace : await resolveInside(workspace, named);
  const facts = await stat(folder).catch(() => null);
  if (facts === null || !facts.isDirectory()) {
    throw new AppError('NOT_FOUND', `${quote(named ?? workspace)} is not a folder below ${workspace}.`, {
      hint: 'Name a folder of the workspace, or leave path out for all of it.',
    });
  }
  const index = await session.codeIndex(workspace, signal, (done, total) =>
    onProgress(done, total, `reading code: ${done} of ${total} files`),
  );
  return folder === workspace
    ? index
    : restrict(index, `${relative(workspace, folder).split(sep).join('/')}/`);
}

/** The same index, with the files and routes below `prefix` only; calls are followed beyond it. */
function restrict(index: OpenCode, prefix: string): OpenCode {
  return {
    ...index,
    files: index.files.filter(({ file }) => file.startsWith(prefix)),
    routes: index.routes.filter(
      ({ handler, declaredAt }) => handler.file.startsWith(prefix) || declaredAt.file.startsWith(prefix),
    ),
  };
}
