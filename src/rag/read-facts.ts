import { FactBuilder, listCalls } from './fact-builder.ts';
import type { FileFacts, StoredFacts } from './facts.ts';
import type { LanguageName } from './languages.ts';
import { readLeanTree } from './parse.ts';
import { readers } from './readers/index.ts';

/** Reads the facts of one file's text; what is broken in it is left out. */
export async function readFacts(language: LanguageName, text: string): Promise<FileFacts> {
  const facts = await readStoredFacts(language, text);
  return { ...facts, calls: listCalls(facts) };
}

/** The same without what can be found again from the rest. */
export async function readStoredFacts(language: LanguageName, text: string): Promise<StoredFacts> {
  const builder = new FactBuilder(language, text);
  const root = await readLeanTree(language, text);
  if (root !== null) readers.get(language)?.read(root, builder);
  return builder.build();
}
