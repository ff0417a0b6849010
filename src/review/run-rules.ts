import { AppError } from '../errors.ts';
import type { LanguageName } from '../rag/languages.ts';
import { readLeanTree } from '../rag/parse.ts';
import type { Notice } from '../types.ts';
import { quote } from '../units.ts';
import { runOwnRules } from './own-rules.ts';
import { lineAt } from './patch/text-lines.ts';
import type { ProjectFacts, Rule, RuleMatch } from './rule.ts';
import { RULES } from './rules/index.ts';
import { readSourceText, type SourceText } from './syntax/source-text.ts';

/** One file to look at. */
export interface ReviewedFile {
  readonly file: string;
  readonly language: LanguageName;
  readonly text: string;
}

export interface RuleHit {
  readonly rule: Rule;
  readonly match: RuleMatch;
}

export interface RuleHits {
  /** `null`: the file could not be read as a tree. */
  readonly source: SourceText | null;
  readonly hits: readonly RuleHit[];
  /** Suppressed places with their reasons, and suppressions that lack one. */
  readonly notices: readonly Notice[];
}

/** Applies the rules for a file's language to it; places that a comment silences with a reason are left out. */
export async function runRules(
  { file, language, text }: ReviewedFile,
  rules: readonly Rule[],
  project: ProjectFacts,
): Promise<RuleHits> {
  const fitting = rules.filter((rule) => rule.languages.includes(language));
  if (fitting.length === 0) return { source: null, hits: [], notices: [] };
  const root = await readLeanTree(language, text);
  if (root === null)
    return { source: null, hits: [], notices: [{ where: file, message: 'nested too deep to be reviewed' }] };
  const source = readSourceText(file, language, text, root);
  const hits = fitting.flatMap((rule) => rule.check({ source, project }).map((match) => ({ rule, match })));
  hits.push(...(await runOwnRules(fitting, language, text)));
  const notices: Notice[] = [];
  const loud = hits.filter((hit) => {
    const line = lineAt(text, hit.match.startOffset);
    const suppression = findSuppression(text, line, hit.rule.id);
    if (suppression === null) return true;
    const where = `${file}:${line}`;
    if (suppression === '') {
      notices.push({ where, message: `${hit.rule.id} is not silenced: the comment gives no reason` });
      return true;
    }
    notices.push({ where, message: `${hit.rule.id} silenced: ${suppression}` });
    return false;
  });
  return { source, hits: loud, notices };
}

/**
 * Gives the rules with these ids, the user's own among them; all of them when none is named.
 *
 * @throws AppError BAD_INPUT for an id that no rule has.
 */
export function pickRules(ids: readonly string[], own: readonly Rule[] = []): readonly Rule[] {
  const known = [...RULES, ...own];
  const unknown = ids.find((id) => !known.some((rule) => rule.id === id));
  if (unknown !== undefined) {
    throw new AppError('BAD_INPUT', `There is no rule ${quote(unknown)}.`, {
      hint: `Rules: ${known.map((rule) => rule.id).join(', ')}.`,
    });
  }
  return ids.length === 0 ? known : known.filter((rule) => ids.includes(rule.id));
}

const SUPPRESSION = /(?:\/\/|#|\/\*)\s*breakwater-ignore\s+([\w-]+)\s*(?::\s*(.*?))?\s*(?:\*\/)?\s*$/;

/** The reason given on the line or the line above; empty when none is given, `null` when nothing is silenced. */
function findSuppression(text: string, line: number, ruleId: string): string | null {
  const lines = text.split('\n', line);
  for (const candidate of [lines[line - 1], lines[line - 2]]) {
    const match = SUPPRESSION.exec(candidate ?? '');
    if (match?.[1] === ruleId) return match[2] ?? '';
  }
  return null;
}
