/** The thread of the index: reads and parses files, and builds generations. It may die; its caller carries on. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { cutChunks } from './chunk.ts';
import type { FileRead, FileToRead, IndexReply, IndexRequest } from './index-messages.ts';
import { languageOf } from './languages.ts';
import { readFacts } from './read-facts.ts';
import type { GenerationWriter } from './store/generation-writer.ts';

let writer: GenerationWriter | null = null;

parentPort?.on('message', (request: IndexRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply));
});

async function answer(request: IndexRequest): Promise<IndexReply> {
  try {
    return { ok: true, files: await serve(request) };
  } catch (error) {
    writer?.abandon();
    writer = null;
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

async function serve(request: IndexRequest): Promise<readonly FileRead[]> {
  switch (request.do) {
    case 'read': {
      const files: FileRead[] = [];
      for (const file of request.files) files.push(await readOne(request.root, file));
      return files;
    }
    case 'begin': {
      // Loaded here, since a thread that only parses needs no database.
      const { GenerationWriter: Writer } = await import('./store/generation-writer.ts');
      writer = new Writer(request.path, request.base, request.version);
      writer.remove(request.removed);
      return [];
    }
    case 'add':
      writer?.add(request.rows);
      return [];
    case 'finish':
      writer?.finish();
      writer = null;
      return [];
  }
}

async function readOne(root: string, { file, modifiedMs, knownSha256 }: FileToRead): Promise<FileRead> {
  const skipped = (reason: string): FileRead => ({ result: 'skipped', file, reason });
  const language = languageOf(file);
  const bytes = await readFile(join(root, file)).catch(() => null);
  if (bytes === null) return skipped('the file could not be read');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 === knownSha256) return { result: 'same', file };
  // The parser stops at a NUL.
  if (language === null || bytes.includes(0)) return skipped('binary files are not indexed');
  const text = bytes.toString('utf8');
  if (isMinified(text)) return skipped('generated or minified code is not indexed');
  const facts = await readFacts(language, text);
  // Calls are found again from the other facts.
  const { calls: _, ...kept } = facts;
  const row = {
    file,
    language,
    sha256,
    lines: facts.lines,
    bytes: bytes.length,
    modifiedMs,
    facts: JSON.stringify(kept),
    chunks: cutChunks(facts, text),
  };
  return { result: 'read', row };
}

const MINIFIED_LINE = 5000;

function isMinified(text: string): boolean {
  const lines = text.split('\n');
  return text.length > MINIFIED_LINE && text.length / lines.length > 500;
}
