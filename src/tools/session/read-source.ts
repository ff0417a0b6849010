import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import picomatch from 'picomatch';
import type { Config } from '../../config.ts';
import { AppError, systemErrorCode } from '../../errors.ts';
import { checkTarget, resolveInside } from '../../policy.ts';
import { quote } from '../../units.ts';
import { MAX_FILE_BYTES, readTextInside } from '../../workspace-files.ts';

/** A text and where it came from: an absolute URL, or a path below the workspace with `/`. */
export interface SourceText {
  readonly text: string;
  readonly source: string;
}

const MAX_FILES = 500;

/**
 * Reads a document that the user names by path or URL. Paths must lie below the workspace, URLs on allowed hosts;
 * redirects are not followed.
 *
 * @throws AppError NOT_FOUND, PATH_NOT_ALLOWED, TARGET_NOT_ALLOWED, TARGET_UNREACHABLE, LIMIT_EXCEEDED
 */
export async function readSource(named: string, config: Config, signal: AbortSignal): Promise<SourceText> {
  return /^https?:\/\//i.test(named) ? readUrl(named, config, signal) : readWorkspaceFile(named, config);
}

/** Reads one file below the workspace. @throws as `readTextInside` */
export async function readWorkspaceFile(named: string, config: Config): Promise<SourceText> {
  const { text, path } = await readTextInside(config.workspace, named);
  return { text, source: toWorkspacePath(config.workspace, path) };
}

/** Text of a file below `workspace`; `null`: it does not exist. */
export async function readFileOrNull(workspace: string, file: string): Promise<string | null> {
  try {
    return (await readTextInside(workspace, file)).text;
  } catch (error) {
    if (error instanceof AppError && systemErrorCode(error.cause) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Text of a file that a patch names; `null`: it does not exist. A path through a symbolic link is refused even where it
 * stays inside, since `git apply` follows none, and so is a file whose bytes the text would not give back.
 *
 * @throws AppError PATH_NOT_ALLOWED, PATCH_INVALID for what is not UTF-8, LIMIT_EXCEEDED
 */
export async function readPatchedFile(workspace: string, file: string): Promise<string | null> {
  const path = await resolveInside(workspace, file);
  const real = toWorkspacePath(workspace, path);
  if (real !== file)
    throw new AppError(
      'PATH_NOT_ALLOWED',
      `${quote(file)} leads through a symbolic link to ${quote(real)}.`,
      {
        hint: 'Patch the file by its own path: a diff cannot change it through the link.',
      },
    );
  const text = await readFileOrNull(workspace, file);
  if (text?.includes(UNREADABLE) && !(await readFile(path)).equals(Buffer.from(text)))
    throw new AppError(
      'PATCH_INVALID',
      `${quote(file)} is not UTF-8, so a diff of its text would not apply.`,
      {
        hint: 'Only UTF-8 files are patched; change this one by hand.',
      },
    );
  return text;
}

/** What stands in a text for bytes that are no UTF-8. */
const UNREADABLE = '\uFFFD';

/**
 * Reads the YAML files that a path, a folder or a pattern (`scenarios/*.yaml`) names, sorted by path; several names
 * stand one a line. A file that is named twice is read once.
 */
export async function readYamlFiles(named: string, config: Config): Promise<readonly SourceText[]> {
  const lists = await Promise.all(named.split('\n').map((name) => listYamlFiles(name, config)));
  const paths = lists.flat();
  if (paths.length > MAX_FILES)
    throw new AppError(
      'LIMIT_EXCEEDED',
      `${quote(named)} names ${paths.length} files; at most ${MAX_FILES} are read at once.`,
    );
  const texts = await Promise.all(paths.map((path) => readWorkspaceFile(path, config)));
  return [...new Map(texts.map((text) => [text.source, text])).values()];
}

async function listYamlFiles(named: string, config: Config): Promise<readonly string[]> {
  const { base, glob } = picomatch.scan(named);
  const isPattern = glob !== '';
  const folder = await resolveInside(config.workspace, isPattern ? base || '.' : named);
  const facts = await stat(folder).catch(() => null);
  if (!isPattern && !facts?.isDirectory()) return [named];
  const matches = picomatch(isPattern ? glob : '**/*.{yaml,yml}');
  const entries = facts === null ? [] : await readdir(folder, { recursive: true, withFileTypes: true });
  const found = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        matches(relative(folder, path).split(sep).join('/')) && !path.includes(`${sep}.breakwater${sep}`),
    )
    .toSorted();
  if (found.length === 0)
    throw new AppError('NOT_FOUND', `${quote(named)} names no YAML file below ${config.workspace}.`, {
      hint: 'Write scenarios there with scenario_generate and its output argument.',
    });
  return found;
}

async function readUrl(url: string, config: Config, signal: AbortSignal): Promise<SourceText> {
  await checkTarget(url, config.allowHosts);
  const { fetchText } = await import('./fetch-text.ts');
  return { text: await fetchText(url, MAX_FILE_BYTES, config.allowHosts, signal), source: url };
}

function toWorkspacePath(workspace: string, path: string): string {
  return relative(workspace, path).split(sep).join('/');
}
