/** A thread that reads and parses files for the index. It may die; its caller carries on. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { readRegularFileSync } from '../workspace-files.ts';
import { cutChunks, embeddedText } from './chunk.ts';
import { packFacts } from './fact-pack.ts';
import type { FileRead, FileToRead, IndexRequest } from './index-messages.ts';
import { languageOf } from './languages.ts';
import { readStoredFacts } from './read-facts.ts';
import { indexWords } from './words.ts';

let last: Promise<void> = Promise.resolve();

parentPort?.on('message', ({ root, files }: IndexRequest) => {
  // Answers leave in the order of the questions.
  last = last.then(async () => {
    const reads: FileRead[] = [];
    for (const file of files) reads.push(await readOne(root, file));
    const packed = reads.flatMap((read) => (read.result === 'read' ? [read.row.facts.buffer] : []));
    parentPort?.postMessage(reads, packed);
  });
});

async function readOne(root: string, { file, stamp, knownSha256 }: FileToRead): Promise<FileRead> {
  const skipped = (reason: string): FileRead => ({ result: 'skipped', file, reason });
  const language = languageOf(file);
  const bytes = readBytes(join(root, file));
  if (bytes === null) return skipped('the file could not be read');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === knownSha256) return { result: 'same', file, stamp };
  // The parser stops at a NUL.
  if (language === null || bytes.includes(0)) return skipped('binary files are not indexed');
  const text = bytes.toString('utf8');
  if (isMinified(text)) return skipped('generated or minified code is not indexed');
  const facts = await readStoredFacts(language, text);
  const row = {
    file,
    language,
    sha256,
    lines: facts.lines,
    bytes: bytes.length,
    stamp,
    facts: packFacts(facts),
    pathWords: indexWords(file),
    chunks: cutChunks(facts, text).map((chunk) => ({
      ...chunk,
      hash: createHash('sha256').update(embeddedText(chunk)).digest('hex').slice(0, 32),
      nameWords: indexWords(chunk.symbol ?? ''),
      bodyWords: indexWords(chunk.text),
    })),
  };
  return { result: 'read', row };
}

function readBytes(path: string): Buffer | null {
  try {
    return readRegularFileSync(path);
  } catch {
    // Gone, or closed to us.
    return null;
  }
}

const MINIFIED_LINE = 5000;

function isMinified(text: string): boolean {
  const lines = text.split('\n');
  return text.length > MINIFIED_LINE && text.length / lines.length > 500;
}
