import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../src/review/patch/apply-edits.ts';
import { fitHunks } from '../../../src/review/patch/fit-hunks.ts';
import { readDiff } from '../../../src/review/patch/read-diff.ts';
import { writeDiff } from '../../../src/review/patch/write-diff.ts';
import { propose, refusal } from './patching.ts';

const app = `import express from 'express';

export async function read(id) {
  const answer = await fetch(url(id));
  return answer.json();
}

export async function write(id) {
  const answer = await fetch(url(id));
  return answer.text();
}
`;
const files = { 'src/app.js': app };
const fixed = app.replace('(url(id));\n  return answer.json', '(url(id), { signal });\n  return answer.json');
const good = ` export async function read(id) {
-  const answer = await fetch(url(id));
+  const answer = await fetch(url(id), { signal });
   return answer.json();
`;
const names = '--- a/src/app.js\n+++ b/src/app.js\n';
const asDiff = (diff: string) => ({ kind: 'diff', diff }) as const;
const oneLine = '-  const answer = await fetch(url(id));\n+  const answer = 1;\n';

describe('a diff from a model', () => {
  test.each([
    ['with wrong line numbers', `${names}@@ -900,12 +77,3 @@\n${good}`],
    ['with words instead of line numbers', `${names}@@ ### the read function\n${good}`],
    ['without any hunk header', `${names}${good}`],
    ['without the prefixes a/ and b/', `--- src/app.js\n+++ src/app.js\n@@ @@\n${good}`],
    ['with prose and a fence around', `Here:\n\n\`\`\`diff\n${names}@@ @@\n${good}\`\`\`\nThat is all.`],
    ['with CRLF from its transport', `${names}@@ -3,4 +3,4 @@\n${good}`.replaceAll('\n', '\r\n')],
    ['with white space at line ends', `${names}@@ @@\n${good.replace('(id) {', '(id) {  ')}`],
    ['with context that lost its leading space', `${names}@@ @@\n${good.replace(' export', 'export')}`],
    ['with a blank line after it', `${names}@@ -3,3 +3,3 @@\n${good}\n\n`],
  ])('%s is fitted by its context', async (_name, diff) => {
    expect((await propose(files, asDiff(diff))).files[0]?.newText).toBe(fixed);
  });

  test.each([
    ['binary', 'diff --git a/x.png b/x.png\nnew file mode 100644\nGIT binary patch\nliteral 3\nabc\n'],
    ['binary', 'diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n'],
    [
      'a symbolic link',
      'diff --git a/x.png b/x.png\nnew file mode 120000\n--- /dev/null\n+++ b/x.png\n@@ -0,0 +1 @@\n+/etc/passwd\n',
    ],
    [
      'a submodule',
      'diff --git a/x.png b/x.png\n--- a/x.png\n+++ b/x.png\n@@ -1 +1 @@\n-Subproject commit 12ab\n+Subproject commit 34cd\n',
    ],
  ])('that makes a file which is %s is refused', async (what, diff) => {
    const { code, message } = await refusal(files, asDiff(`${names}@@ @@\n${good}${diff}`));
    expect({ code, message }).toEqual({
      code: 'PATCH_INVALID',
      message: `The diff changes "x.png", which is ${what}.`,
    });
  });

  test('says in its checks that the mode of a new file is not taken over', async () => {
    const script =
      'diff --git a/x.sh b/x.sh\nnew file mode 100755\n--- /dev/null\n+++ b/x.sh\n@@ -0,0 +1 @@\n+ls\n';
    const messages = async (diff: string) =>
      (await propose(files, asDiff(diff))).checks.map(({ message }) => message);
    const note = 'modes in the diff are not taken over: change them by hand (chmod)';
    expect(await messages(script)).toContain(note);
    expect(await messages(script.replace('100755', '100644'))).not.toContain(note);
    const mode = 'diff --git a/src/app.js b/src/app.js\nold mode 100755\nnew mode 100644\n';
    expect(await messages(`${mode}${names}@@ @@\n${good}`)).toContain(note);
    expect((await refusal(files, asDiff(mode))).message).toBe(
      'The diff changes nothing but the mode of a file.',
    );
  });

  test('that names a file again for each hunk is one change of that file', async () => {
    const other =
      ' export async function write(id) {\n-  const answer = await fetch(url(id));\n+  const answer = 1;\n';
    const { files: changed } = await propose(files, asDiff(`${names}@@ @@\n${other}${names}@@ @@\n${good}`));
    expect(changed.map(({ file }) => file)).toEqual(['src/app.js']);
    expect(changed[0]?.newText).toBe(
      fixed.replace(
        'const answer = await fetch(url(id));\n  return answer.text',
        'const answer = 1;\n  return answer.text',
      ),
    );
  });

  test('says in its checks that a hunk stood elsewhere', async () => {
    const patch = await propose(files, asDiff(`${names}@@ -900,12 +77,3 @@\n${good}`));
    expect(patch.checks.map((check) => check.message)).toContain(
      '1 hunk(s) of src/app.js found by context, not by line number',
    );
  });

  test('keeps CRLF of the file although the diff has none', async () => {
    const crlf = { 'src/app.js': app.replaceAll('\n', '\r\n') };
    const patch = await propose(crlf, asDiff(`${names}@@ @@\n${good}`));
    expect(patch.files[0]?.newText).toBe(fixed.replaceAll('\n', '\r\n'));
  });

  test('that adds after a last line without newline puts a line break between', async () => {
    const diff = '--- a/a.txt\n+++ b/a.txt\n@@ @@\n two\n+three\n';
    const patch = await propose({ 'a.txt': 'one\ntwo' }, asDiff(diff));
    expect(patch.files[0]?.newText).toBe('one\ntwo\nthree\n');
  });

  test('that fits at two places is refused with both lines', async () => {
    const error = await refusal(files, asDiff(`${names}@@ @@\n${oneLine}`));
    expect(error.code).toBe('PATCH_INVALID');
    expect(error.message).toBe('Hunk 1 for "src/app.js" fits at 2 places: lines 4, 9.');
  });

  test('that fits at two places is taken at the line that it names', async () => {
    const patch = await propose(files, asDiff(`${names}@@ -9,1 +9,1 @@\n${oneLine}`));
    expect(patch.files[0]?.newText?.split('\n')[8]).toBe('  const answer = 1;');
  });

  test('that does not fit is refused with the nearest text and its line', async () => {
    const error = await refusal(
      files,
      asDiff(`${names}@@ @@\n${good.replace('url(id));\n+', 'uri(id));\n+')}`),
    );
    expect(error.message).toBe(
      'Hunk 1 for "src/app.js" fits nowhere. The nearest text begins at line 3 and differs first at line 4.',
    );
    expect(error.details).toMatchObject({
      line: 4,
      wanted: '  const answer = await fetch(uri(id));',
      seen: '  const answer = await fetch(url(id));',
    });
  });

  test.each([
    ['no file header', 'just words'],
    ['nothing but context', `${names}@@ -1 +1 @@\n export async function read(id) {\n`],
    ['a file that does not exist', '--- a/no.js\n+++ b/no.js\n@@ -1 +1 @@\n-a\n+b\n'],
    ['a new file that exists', '--- /dev/null\n+++ b/src/app.js\n@@ -0,0 +1 @@\n+b\n'],
    [
      'a deletion of some lines',
      "--- a/src/app.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-import express from 'express';\n",
    ],
    ['additions without context', `${names}@@ -5 +5 @@\n+const a = 1;\n`],
  ])('with %s is refused', async (_name, diff) => {
    expect((await refusal(files, asDiff(diff))).code).toBe('PATCH_INVALID');
  });

  test('that is the name of a file is refused, and asked for itself', async () => {
    const { hint } = await refusal(files, asDiff('changes.diff'));
    expect(hint).toBe(
      'Give the diff itself, not the name of a file that holds it; in a shell: "$(cat FILE)".',
    );
  });
});

test('for any two texts, the diff of the one to the other gives the other', () => {
  const line = fc.constantFrom('a', 'b', '', ' ', '\t', '-- x', '++ y', '@@', '\\ No newline', 'é', '```');
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
    .map(([lines, closed]) => lines.join('\n') + (closed && lines.length > 0 ? '\n' : ''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      const [read] = readDiff(writeDiff([{ file: 'f', oldText: before, newText: after }]));
      const { edits } = fitHunks('f', before, read?.hunks ?? []);
      expect(applyEdits('f', before, edits)).toBe(after);
    }),
    { numRuns: 1_000, seed: 7 },
  );
});
