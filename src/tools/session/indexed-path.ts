import { relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Names a file or folder as the index does, relative to the workspace and with `/`: from a path as people and hosts
 * write it (`./src`, absolute, a `file://` URL, with backslashes on Windows). Nothing is opened. Empty: the workspace.
 */
export function toIndexedPath(workspace: string, named: string): string {
  return relative(workspace, resolve(workspace, readUrl(named)))
    .split(sep)
    .join('/');
}

function readUrl(named: string): string {
  try {
    return /^file:/i.test(named) ? fileURLToPath(named) : named;
  } catch {
    return named;
  }
}
