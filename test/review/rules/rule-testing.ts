import type { LanguageName } from '../../../src/rag/languages.ts';
import { withTree } from '../../../src/rag/parse.ts';
import { applyEdits } from '../../../src/review/patch/apply-edits.ts';
import type { Rule } from '../../../src/review/rule.ts';
import { type RuleHit, runRules } from '../../../src/review/run-rules.ts';
import { listCaptures, listWordsAfter } from '../../../src/review/search-texts.ts';

export type Versions = Readonly<Record<string, string>>;

/** Applies rules to one text, as if it were a file of a service. */
export async function hitsIn(
  rules: readonly Rule[],
  text: string,
  language: LanguageName,
  versions: Versions = {},
): Promise<readonly RuleHit[]> {
  const project = {
    declared: Object.keys(versions),
    ofPage: false,
    versionOf: (name: string) => versions[name] ?? null,
    holds: (part: string) => text.includes(part),
    holdsNearby: (part: string) => text.includes(part),
    countNearby: (pattern: RegExp, without: RegExp) =>
      without.test(text) ? 0 : [...text.matchAll(pattern)].length,
    holdsTogether: (parts: readonly string[]) => parts.every((part) => text.includes(part)),
    wordsAfter: (part: string) => listWordsAfter(text, part),
    capturesOf: (pattern: RegExp) => listCaptures(text, pattern),
  };
  return (await runRules({ file: 'src/app', language, text }, rules, project)).hits;
}

/** The text after all fixes of `hits`; `null` when none has one. */
export function fixAll(text: string, hits: readonly RuleHit[]): string | null {
  const fixes = hits.map((hit) => hit.match.fix).filter((fix) => fix !== null);
  if (fixes.length === 0) return null;
  const edits = fixes.flatMap((fix) => fix.edits.map((edit) => ({ file: 'src/app', ...edit })));
  return applyEdits('src/app', text, edits);
}

export function parses(language: LanguageName, text: string): Promise<boolean> {
  return withTree(language, text, (root) => !root.hasError);
}
