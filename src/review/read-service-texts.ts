import { AppError } from '../errors.ts';
import type { IndexedFile } from '../rag/code-index.ts';
import type { CodeReader } from '../rag/code-reader.ts';
import { type LanguageName, languageOf } from '../rag/languages.ts';
import type { Notice } from '../types.ts';
import { isCommandFile } from './command-callers.ts';
import { isTool, listCommandParts } from './command-packages.ts';
import { isOfTests } from './for-tests.ts';
import { listGoToolFiles } from './go-programs.ts';
import { listHealthPrograms, listMountedFolders } from './image-recipes.ts';
import type { Rule } from './rule.ts';
import { isNoCode, isServiceCode, listCopiedFolders, listTemplateProjects } from './service-code.ts';

const MAX_BYTES = 1_500_000;
/** Lines this long on average are made by a machine. */
const MAX_MEAN_LINE_BYTES = 500;

export interface ServiceTexts {
  /** What is reviewed, by file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly languages: ReadonlyMap<string, LanguageName>;
  /** Files of commands, reviewed or not. */
  readonly commands: readonly string[];
}

/** Reads what is code of the service, and the files of commands, in the languages of the rules. */
export async function readServiceTexts(
  index: CodeReader,
  rules: readonly Rule[],
  notices: Notice[],
  signal: AbortSignal,
): Promise<ServiceTexts> {
  const read = new Map<string, string>();
  const commands: string[] = [];
  const names = index.files.map(({ file }) => file);
  const folders = [
    ...listCopiedFolders(names),
    ...listMountedFolders(index.manifests),
    ...listTemplateProjects([...index.manifests.keys()]),
  ];
  const looks = listHealthPrograms(index.manifests, names);
  for (const entry of index.files) {
    signal.throwIfAborted();
    const language = languageOf(entry.file);
    if (language === null || !rules.some((rule) => rule.languages.includes(language))) continue;
    if (looks.has(entry.file) || folders.some((folder) => entry.file.startsWith(folder))) continue;
    const isCommand = isCommandFile(entry.file) && entry.bytes <= MAX_BYTES;
    if (!isCommand && !isReviewed(entry)) continue;
    const text = await readOrNote(index, entry.file, notices);
    if (text === null) continue;
    if (isCommand) commands.push(text);
    if (!isReviewed(entry) || isOfTests(entry.file, text, language)) continue;
    read.set(entry.file, text);
  }
  return { ...leaveOutPrograms(read, index.manifests), commands };
}

function leaveOutPrograms(
  read: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): Omit<ServiceTexts, 'commands'> {
  const parts = new Set([...listCommandParts(read), ...listGoToolFiles(read, manifests)]);
  const texts = new Map<string, string>();
  const languages = new Map<string, LanguageName>();
  for (const [file, text] of read) {
    const language = languageOf(file);
    if (language === null || parts.has(file)) continue;
    if (isNoCode(text, language) || isTool(file, text, language)) continue;
    texts.set(file, text);
    languages.set(file, language);
  }
  return { texts, languages };
}

function isReviewed(entry: IndexedFile): boolean {
  const meanBytes = entry.bytes / Math.max(1, entry.lines);
  return isServiceCode(entry.file) && entry.bytes <= MAX_BYTES && meanBytes <= MAX_MEAN_LINE_BYTES;
}

async function readOrNote(index: CodeReader, file: string, notices: Notice[]): Promise<string | null> {
  try {
    return await index.readText(file);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    notices.push({ where: file, message: `not reviewed: ${error.message}` });
    return null;
  }
}
