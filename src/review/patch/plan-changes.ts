import { AppError } from '../../errors.ts';
import type { Edit } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { applyEdits } from './apply-edits.ts';
import { fitBlocks, type SearchBlock } from './fit-blocks.ts';
import { fitHunks } from './fit-hunks.ts';
import { checkPatchPath } from './patch-path.ts';
import { type FileDiff, readDiff } from './read-diff.ts';
import { hashText, lineBreakOf, withLineBreaks } from './text-lines.ts';
import type { TextChange } from './write-diff.ts';

/** What a patch is made from: our own edits, or what a model wrote in one of three forms. */
export type PatchSource =
  | {
      readonly kind: 'edits';
      readonly edits: readonly Edit[];
      /** SHA-256 of the files as they were when the edits were made, where known. */
      readonly base?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'blocks'; readonly blocks: readonly SearchBlock[] }
  | { readonly kind: 'files'; readonly files: readonly { readonly file: string; readonly content: string }[] }
  | { readonly kind: 'diff'; readonly diff: string };

/** What a source asks for, file by file in order of their names, and what was understood differently. */
export interface ChangePlan {
  readonly changes: readonly TextChange[];
  readonly notes: readonly string[];
}

/** Nobody sees it, and so nobody writes it again. */
const BYTE_ORDER_MARK = '\uFEFF';

type ReadFile = (file: string) => Promise<string | null>;

/**
 * Works out the new text of each file; files that would stay as they are are left out.
 *
 * @throws AppError PATCH_INVALID, PATCH_STALE, PATH_NOT_ALLOWED
 */
export async function planChanges(source: PatchSource, readFile: ReadFile): Promise<ChangePlan> {
  const notes: string[] = [];
  const changes = new Map<string, TextChange>();
  for (const change of await planSource(source, readFile, notes)) {
    if (changes.has(change.file)) {
      throw new AppError('PATCH_INVALID', `${quote(change.file)} is given more than once.`, {
        hint: 'Say everything about one file in one place.',
      });
    }
    changes.set(change.file, change);
  }
  const effective = [...changes.values()].filter((change) => change.oldText !== change.newText);
  return { changes: effective.sort((a, b) => (a.file < b.file ? -1 : 1)), notes };
}

async function planSource(source: PatchSource, readFile: ReadFile, notes: string[]): Promise<TextChange[]> {
  switch (source.kind) {
    case 'edits':
      return planEdits(source.edits, source.base ?? {}, readFile);
    case 'blocks':
      return planBlocks(source.blocks, readFile);
    case 'files':
      return Promise.all(source.files.map(({ file, content }) => planWhole(file, content, readFile, notes)));
    case 'diff': {
      if (/^(new file mode 100755|new mode \d+)\r?$/m.test(source.diff))
        notes.push('modes in the diff are not taken over: change them by hand (chmod)');
      const diffs = readDiff(source.diff);
      refuseBrief(diffs);
      const planned = await Promise.all(diffs.map((diff) => planDiff(diff, readFile, notes)));
      return planned.flat();
    }
  }
}

/** A file that one part of a diff makes and another deletes was never there. */
function refuseBrief(diffs: readonly FileDiff[]): void {
  const made = new Set(diffs.filter(({ oldFile }) => oldFile === null).map(({ newFile }) => newFile));
  const brief = diffs.find(({ oldFile, newFile }) => newFile === null && made.has(oldFile));
  if (brief?.oldFile == null) return;
  throw new AppError('PATCH_INVALID', `The diff makes ${quote(brief.oldFile)} and deletes it again.`, {
    hint: 'Leave that file out of the diff.',
  });
}

async function planEdits(
  edits: readonly Edit[],
  base: Readonly<Record<string, string>>,
  readFile: ReadFile,
): Promise<TextChange[]> {
  return Promise.all(
    groupByFile(edits).map(async ([file, list]) => {
      const oldText = await readExisting(file, readFile);
      const expectedSha256 = base[file];
      if (expectedSha256 !== undefined && expectedSha256 !== hashText(oldText)) {
        throw new AppError('PATCH_STALE', `${quote(file)} changed since the review.`, {
          hint: 'Call review_code again, then propose the patch anew.',
          details: { file, expected_sha256: expectedSha256, actual_sha256: hashText(oldText) },
        });
      }
      return { file, oldText, newText: applyEdits(file, oldText, list) };
    }),
  );
}

async function planBlocks(blocks: readonly SearchBlock[], readFile: ReadFile): Promise<TextChange[]> {
  return Promise.all(
    groupByFile(blocks).map(async ([file, list]) => {
      const oldText = await readExisting(file, readFile);
      return { file, oldText, newText: applyEdits(file, oldText, fitBlocks(file, oldText, list)) };
    }),
  );
}

async function planWhole(
  path: string,
  content: string,
  readFile: ReadFile,
  notes: string[],
): Promise<TextChange> {
  const file = checkPatchPath(path);
  const oldText = await readFile(file);
  if (oldText === null) return { file, oldText, newText: content };
  let newText = content;
  if (!content.includes('\r\n') && lineBreakOf(oldText) === '\r\n') {
    newText = withLineBreaks(content, '\r\n');
    notes.push(`${file} keeps its line breaks (CRLF)`);
  }
  if (oldText.endsWith('\n') && newText !== '' && !newText.endsWith('\n')) {
    newText += lineBreakOf(oldText);
    notes.push(`${file} keeps the line break at its end`);
  }
  if (oldText.startsWith(BYTE_ORDER_MARK) && newText !== '' && !newText.startsWith(BYTE_ORDER_MARK)) {
    newText = BYTE_ORDER_MARK + newText;
    notes.push(`${file} keeps its byte order mark`);
  }
  return { file, oldText, newText };
}

async function planDiff(diff: FileDiff, readFile: ReadFile, notes: string[]): Promise<TextChange[]> {
  const oldFile = diff.oldFile === null ? null : checkPatchPath(diff.oldFile);
  const newFile = diff.newFile === null ? null : checkPatchPath(diff.newFile);
  if (oldFile === null) return newFile === null ? [] : [await planCreation(newFile, diff, readFile)];
  const oldText = await readExisting(oldFile, readFile);
  const fitted = fitHunks(oldFile, oldText, diff.hunks);
  if (fitted.moved > 0)
    notes.push(`${fitted.moved} hunk(s) of ${oldFile} found by context, not by line number`);
  if (fitted.loose > 0) {
    notes.push(`${fitted.loose} hunk(s) of ${oldFile} fitted ignoring white space at line ends`);
  }
  const newText = applyEdits(oldFile, oldText, fitted.edits);
  if (newFile === oldFile) return [{ file: oldFile, oldText, newText }];
  if (newFile === null) return [planDeletion(oldFile, oldText, newText, diff)];
  await refuseExisting(newFile, readFile);
  if (newText.startsWith('#!'))
    notes.push(`${newFile} is no longer executable, if ${oldFile} was: change its mode by hand (chmod)`);
  return [
    { file: oldFile, oldText, newText: null },
    { file: newFile, oldText: null, newText },
  ];
}

async function planCreation(file: string, diff: FileDiff, readFile: ReadFile): Promise<TextChange> {
  await refuseExisting(file, readFile);
  const lines = diff.hunks.flatMap((hunk) => hunk.lines).filter((line) => line.kind !== 'removed');
  return {
    file,
    oldText: null,
    newText: lines.map((line) => `${line.text}${line.noNewline ? '' : '\n'}`).join(''),
  };
}

function planDeletion(file: string, oldText: string, rest: string, diff: FileDiff): TextChange {
  if (diff.hunks.length > 0 ? rest !== '' : oldText !== '') {
    throw new AppError('PATCH_INVALID', `The diff deletes ${quote(file)}, but not all of its lines.`, {
      hint: 'A deletion removes every line of the file.',
    });
  }
  return { file, oldText, newText: null };
}

async function readExisting(file: string, readFile: ReadFile): Promise<string> {
  const text = await readFile(file);
  if (text !== null) return text;
  throw new AppError('PATCH_INVALID', `${quote(file)} does not exist.`, {
    hint: 'Check the path, relative to the workspace; a new file is given in "files" or with "--- /dev/null".',
  });
}

async function refuseExisting(file: string, readFile: ReadFile): Promise<void> {
  if ((await readFile(file)) === null) return;
  throw new AppError('PATCH_INVALID', `${quote(file)} exists already, but the diff makes it anew.`, {
    hint: 'Give a diff against the file as it is, or its whole content in "files".',
  });
}

function groupByFile<T extends { readonly file: string }>(members: readonly T[]): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const member of members) {
    const file = checkPatchPath(member.file);
    const group = groups.get(file) ?? [];
    group.push(member);
    groups.set(file, group);
  }
  return [...groups];
}
