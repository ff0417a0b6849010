import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';

/** Folders that a patch never touches: git would run what is written there, and ours holds the runs. */
const CLOSED_FOLDERS = new Set(['.git', '.breakwater']);
const CONTROL = /\p{Cc}/u;

/**
 * Gives the path of a patched file, relative to the workspace and with `/`, when it may be patched at all.
 * That it is no symlink to somewhere else is checked by whoever reads it.
 *
 * @throws AppError PATH_NOT_ALLOWED for paths that are absolute, climb out, or lie in `.git` or `.breakwater`.
 */
export function checkPatchPath(path: string): string {
  const plain = path.replace(/^(\.\/)+/, '');
  const segments = plain.split('/');
  if (plain === '' || CONTROL.test(plain)) throw refused(path, 'it is empty or has control characters');
  if (plain.startsWith('/') || plain.startsWith('~') || /^[a-z]:/i.test(plain)) {
    throw refused(path, 'it is absolute');
  }
  if (plain.includes('\\')) throw refused(path, 'it has a backslash');
  if (segments.includes('..')) throw refused(path, 'it climbs out of the workspace');
  if (segments.includes('.') || segments.includes('')) throw refused(path, 'it has an empty part');
  const closed = segments.find((segment) => CLOSED_FOLDERS.has(segment.toLowerCase()));
  if (closed !== undefined) throw refused(path, `${closed.toLowerCase()} is closed to patches`);
  return plain;
}

const SENSITIVE =
  /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|\.npmrc|requirements[^/]*\.txt|pyproject\.toml|setup\.(py|cfg)|poetry\.lock|uv\.lock|Pipfile(\.lock)?|go\.(mod|sum)|Gemfile(\.lock)?|Cargo\.(toml|lock)|pom\.xml|build\.gradle(\.kts)?|composer\.(json|lock)|Makefile|Dockerfile[^/]*|docker-compose[^/]*|compose\.ya?ml|Procfile|breakwater\.ya?ml|conftest\.py|[^/]+\.(sh|bash|ps1|bat|cmd))$|(^|\/)\.(github|husky|circleci)\//i;

/** Whether a change of this file decides what is installed or run: manifests, lock files and scripts. */
export function isSensitivePath(file: string): boolean {
  return SENSITIVE.test(file);
}

function refused(path: string, why: string): AppError {
  return new AppError('PATH_NOT_ALLOWED', `A patch may not touch ${quote(path)}, since ${why}.`, {
    hint: 'Give paths relative to the workspace, with forward slashes, such as src/app.js.',
  });
}
