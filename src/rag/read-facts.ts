import { FactBuilder, listCalls } from './fact-builder.ts';
import type { FileFacts, StoredFacts } from './facts.ts';
import type { LanguageName } from './languages.ts';
import type { LeanNode } from './lean-node.ts';
import { readLeanTree } from './parse.ts';
import { saysRoute } from './readers/go-docs.ts';
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
  if (root === null) return builder.build();
  // In PHP and Go a comment may say what a method answers; elsewhere one is no argument, no item and no decorator.
  if (language !== 'php') dropComments(root, language === 'go' ? saysRoute : () => false);
  readers.get(language)?.read(root, builder);
  return builder.build();
}

function dropComments(root: LeanNode, isKept: (comment: LeanNode) => boolean): void {
  const isDropped = (node: LeanNode) => isComment(node) && !isKept(node);
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { children } = node;
    if (children.some(isDropped))
      children.splice(0, children.length, ...children.filter((one) => !isDropped(one)));
    open.push(...children);
  }
}

function isComment({ type }: LeanNode): boolean {
  return type === 'comment' || type === 'line_comment' || type === 'block_comment';
}
