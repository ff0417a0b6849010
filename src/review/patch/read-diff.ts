import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';

/** One line of a hunk. */
export interface HunkLine {
  readonly kind: 'context' | 'removed' | 'added';
  readonly text: string;
  /** The line ends the file without a line break. */
  readonly noNewline: boolean;
}

export interface Hunk {
  /** Old line that its header claims, 1-based; `null`: the header has no numbers. */
  readonly claimedLine: number | null;
  readonly lines: readonly HunkLine[];
}

/** What a unified diff says about one file; `null` stands for `/dev/null`. */
export interface FileDiff {
  readonly oldFile: string | null;
  readonly newFile: string | null;
  readonly hunks: readonly Hunk[];
}

interface Reading {
  readonly lines: readonly string[];
  at: number;
}

/**
 * Reads a unified diff as models write them: line numbers and counts are not relied on, empty lines count as
 * empty context, prose and code fences around it are skipped.
 *
 * @throws AppError PATCH_INVALID when there is no file header, a file has nothing to change, or it is more than text:
 * binary, a symbolic link, a submodule, or the mode of a file.
 */
export function readDiff(diff: string): FileDiff[] {
  const raw = diff.split('\n');
  const crossedCrlf = raw.some((line) => /^(---|\+\+\+) .*\r$/.test(line));
  refuseUnreadable(raw);
  const reading: Reading = { lines: crossedCrlf ? raw.map((line) => line.replace(/\r$/, '')) : raw, at: 0 };
  const files: FileDiff[] = [];
  while (reading.at < reading.lines.length) {
    const file = readFileDiff(reading);
    if (file !== null) files.push(file);
  }
  if (files.length === 0 && raw.some((line) => /^new mode \d/.test(line))) {
    throw new AppError('PATCH_INVALID', 'The diff changes nothing but the mode of a file.', {
      hint: 'Only text is patched: change the mode by hand (chmod).',
    });
  }
  if (files.length === 0) {
    throw new AppError('PATCH_INVALID', 'The diff names no file: no "--- a/…" and "+++ b/…" lines.', {
      hint:
        raw.length > 1
          ? 'Begin each file with "--- a/path" and "+++ b/path", then "@@" and lines with " ", "-" or "+".'
          : 'Give the diff itself, not the name of a file that holds it; in a shell: "$(cat FILE)".',
    });
  }
  return joinParts(files);
}

/** Models begin a file anew for each hunk, where git writes all its hunks below one head. */
function joinParts(files: readonly FileDiff[]): FileDiff[] {
  const joined: FileDiff[] = [];
  for (const file of files) {
    const at = joined.findIndex((one) => isChange(one) && isChange(file) && one.oldFile === file.oldFile);
    const before = joined[at];
    if (before === undefined) joined.push(file);
    else joined[at] = { ...before, hunks: [...before.hunks, ...file.hunks] };
  }
  return joined;
}

function isChange({ oldFile, newFile }: FileDiff): boolean {
  return oldFile !== null && oldFile === newFile;
}

/** What is no text would come out as another file than the diff says: empty, or a plain one in place of a link. */
function refuseUnreadable(lines: readonly string[]): void {
  let file = '';
  for (const line of lines) {
    if (line.startsWith('diff --git ')) file = line.slice('diff --git '.length).split(' ')[0] ?? '';
    const why = /^(GIT binary patch|Binary files .* differ)$/.test(line.trimEnd())
      ? 'is binary'
      : /^(new file mode|new mode|deleted file mode) 120000$/.test(line.trimEnd())
        ? 'is a symbolic link'
        : /^(new file mode|new mode|deleted file mode) 160000$|^[+-]Subproject commit [\da-f]+$/.test(
              line.trimEnd(),
            )
          ? 'is a submodule'
          : null;
    if (why === null) continue;
    throw new AppError(
      'PATCH_INVALID',
      `The diff changes ${quote(file.replace(/^a\//, ''))}, which ${why}.`,
      {
        hint: 'Only text files are patched: leave that file out of the diff.',
      },
    );
  }
}

function readFileDiff(reading: Reading): FileDiff | null {
  const line = reading.lines[reading.at] ?? '';
  if (line.startsWith('diff --git ')) return readGitDiff(reading);
  reading.at += 1;
  if (!isFileHeader(reading, reading.at - 1)) return null;
  const [oldFile, newFile] = namesOf(line, reading.lines[reading.at] ?? '');
  reading.at += 1;
  const hunks = readHunks(reading);
  if (hunks.length === 0) throw emptyFile(newFile ?? oldFile ?? '');
  return { oldFile, newFile, hunks };
}

/** Git's own headers come first: renames, and files that are empty. */
function readGitDiff(reading: Reading): FileDiff | null {
  const start = reading.at;
  reading.at += 1;
  while (reading.at < reading.lines.length && !isFileHeader(reading, reading.at)) {
    if (/^(diff --git |@@)/.test(reading.lines[reading.at] ?? '')) break;
    reading.at += 1;
  }
  const head = reading.lines.slice(start, reading.at);
  if (isFileHeader(reading, reading.at)) return readFileDiff(reading);
  const [, whole = ''] = /^diff --git (.*)$/.exec(head[0] ?? '') ?? [];
  const renamedFrom = headerValue(head, 'rename from ');
  const renamedTo = headerValue(head, 'rename to ');
  if (renamedFrom !== null && renamedTo !== null) {
    return { oldFile: renamedFrom, newFile: renamedTo, hunks: [] };
  }
  const file = /^a\/(.+) b\/\1$/.exec(whole)?.[1] ?? null;
  if (file !== null && head.some((text) => text.startsWith('new file mode'))) {
    return { oldFile: null, newFile: file, hunks: [] };
  }
  if (file !== null && head.some((text) => text.startsWith('deleted file mode'))) {
    return { oldFile: file, newFile: null, hunks: [] };
  }
  return null;
}

function readHunks(reading: Reading): Hunk[] {
  const hunks: Hunk[] = [];
  // The first hunk may lack its header; the lines alone say where it belongs.
  while (hunks.length === 0 || reading.lines[reading.at]?.startsWith('@@') === true) {
    const header = reading.lines[reading.at] ?? '';
    if (header.startsWith('@@')) reading.at += 1;
    else if (reading.at >= reading.lines.length || endsHunk(reading)) break;
    const lines = readHunkLines(reading);
    const claimed = /^@@ -(\d+)/.exec(header)?.[1];
    if (lines.length === 0 && !header.startsWith('@@')) break;
    if (lines.some((line) => line.kind !== 'context'))
      hunks.push({ claimedLine: claimed === undefined ? null : Number(claimed), lines });
  }
  return hunks;
}

function readHunkLines(reading: Reading): HunkLine[] {
  const lines: HunkLine[] = [];
  for (; reading.at < reading.lines.length; reading.at += 1) {
    const text = reading.lines[reading.at] ?? '';
    if (endsHunk(reading)) break;
    if (text.startsWith('\\')) {
      const last = lines.pop();
      if (last !== undefined) lines.push({ ...last, noNewline: true });
    } else lines.push(toHunkLine(text));
  }
  // Empty lines before the next file, or at the end of the diff, are no context.
  while (lines.length > 0 && reading.lines[reading.at - 1] === '') {
    lines.pop();
    reading.at -= 1;
  }
  while (reading.at < reading.lines.length && reading.lines[reading.at] === '') reading.at += 1;
  return lines;
}

function toHunkLine(text: string): HunkLine {
  const rest = text.slice(1);
  if (text.startsWith('+')) return { kind: 'added', text: rest, noNewline: false };
  if (text.startsWith('-')) return { kind: 'removed', text: rest, noNewline: false };
  return { kind: 'context', text: text.startsWith(' ') ? rest : text, noNewline: false };
}

function endsHunk(reading: Reading): boolean {
  if (/^(@@|diff --git |```|Index: )/.test(reading.lines[reading.at] ?? '')) return true;
  // A removed "-- x" before an added "++ y" looks like a file header, but no "@@" or blank line is next to it.
  const begun = (reading.lines[reading.at - 1] ?? '').trim() === '';
  const followed = /^@@/.test(reading.lines[reading.at + 2] ?? '');
  return isFileHeader(reading, reading.at) && (begun || followed);
}

function isFileHeader(reading: Reading, at: number): boolean {
  return /^--- \S/.test(reading.lines[at] ?? '') && /^\+\+\+ \S/.test(reading.lines[at + 1] ?? '');
}

function namesOf(oldLine: string, newLine: string): [string | null, string | null] {
  const oldName = nameOf(oldLine);
  const newName = nameOf(newLine);
  const prefixed =
    (oldName === null || oldName.startsWith('a/')) && (newName === null || newName.startsWith('b/'));
  if (!prefixed) return [oldName, newName];
  return [oldName?.slice(2) ?? null, newName?.slice(2) ?? null];
}

function nameOf(line: string): string | null {
  const name = unquote(line.slice(4).split('\t')[0]?.trimEnd() ?? '');
  return name === '/dev/null' ? null : name;
}

function headerValue(head: readonly string[], start: string): string | null {
  const line = head.find((text) => text.startsWith(start));
  return line === undefined ? null : unquote(line.slice(start.length));
}

/** Undoes git's quoting of names: octal bytes of UTF-8, and the C escapes. */
function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11 };
  const bytes: number[] = [];
  for (const [part] of name.slice(1, -1).matchAll(/\\[0-7]{3}|\\.|[^\\]+/g)) {
    if (/^\\[0-7]{3}$/.test(part)) bytes.push(Number.parseInt(part.slice(1), 8));
    else if (part.startsWith('\\')) bytes.push(escapes[part.charAt(1)] ?? part.charCodeAt(1));
    else bytes.push(...Buffer.from(part, 'utf8'));
  }
  return Buffer.from(bytes).toString('utf8');
}

function emptyFile(file: string): AppError {
  return new AppError(
    'PATCH_INVALID',
    `The diff says nothing about ${quote(file)}: it has no hunk that changes a line.`,
    {
      hint: 'After the "+++" line write "@@" and the lines, each with " ", "-" or "+" in front.',
    },
  );
}
