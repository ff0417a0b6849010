import { z } from 'zod';
import { AppError } from '../errors.ts';
import { tame } from '../policy.ts';
import { LANGUAGES, type LanguageName } from '../rag/languages.ts';
import { checkQuery, loadLanguage, queryMatchesWithin, withTree } from '../rag/parse.ts';
import { readYaml, type YamlDocument } from '../yaml.ts';
import { defineRule, type Rule, type RuleMatch } from './rule.ts';
import { RULES } from './rules/index.ts';

/** What a query of the user's own may use on one file; a query that needs more is told apart by its silence. */
const LIMITS = { matches: 10_000, timeMs: 2_000 };
const NOT_STATED = 'Not stated by this rule of your own.';
const MAX_RULES = 200;
const MAX_CAPTURE_CHARS = 120;

const languageNames = Object.keys(LANGUAGES);
const schema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected small letters and digits with dashes'),
  languages: z
    .array(z.string().refine(isLanguage, { error: () => `expected some of ${languageNames.join(', ')}` }))
    .min(1),
  severity: z.enum(['info', 'low', 'medium', 'high', 'critical']).default('medium'),
  title: z.string().min(1).max(200).optional(),
  message: z.string().min(1).max(1_000),
  query: z.string().min(1).max(20_000),
  advice: z.string().max(4_000).default(''),
});

/**
 * Reads the user's own rules from YAML texts, one rule a document, and compiles their queries.
 *
 * @throws AppError CONFIG_INVALID with file, line and column and the reason.
 */
export async function readOwnRules(
  files: readonly { readonly source: string; readonly text: string }[],
): Promise<readonly Rule[]> {
  const rules: Rule[] = [];
  for (const { source: name, text } of files) {
    for (const document of readYaml(text, name)) {
      const rule = await readRule(document, name);
      const twice = [...RULES, ...rules].some((other) => other.id === rule.id);
      if (twice) throw invalid(document, name, ['id'], `there is already a rule ${rule.id}`);
      rules.push(rule);
    }
  }
  if (rules.length > MAX_RULES) {
    throw new AppError(
      'CONFIG_INVALID',
      `There are ${rules.length} rules of your own; at most ${MAX_RULES} are read.`,
      {
        hint: 'Name a smaller folder as `rules` in breakwater.yaml.',
      },
    );
  }
  return rules;
}

/** Applies those of `rules` that are the user's own to one file. */
export async function runOwnRules(rules: readonly Rule[], language: LanguageName, text: string) {
  const own = rules.filter((rule) => rule.query !== undefined);
  if (own.length === 0) return [];
  const grammar = await loadLanguage(language);
  return withTree(language, text, (root) =>
    own.flatMap((rule) => {
      const { query } = rule;
      if (query === undefined) return [];
      const matches = queryMatchesWithin(grammar, query.text, root, LIMITS);
      return matches.flatMap((captures) => {
        const place = captures.finding;
        if (place === undefined) return [];
        const message = query.message.replace(/\{(\w+)\}/g, (whole, name: string) => {
          const captured = captures[name]?.text.split('\n')[0];
          return captured === undefined ? whole : captured.slice(0, MAX_CAPTURE_CHARS);
        });
        const match: RuleMatch = {
          startOffset: place.startIndex,
          endOffset: place.endIndex,
          message,
          fix: null,
        };
        return [{ rule, match }];
      });
    }),
  );
}

async function readRule(document: YamlDocument, file: string): Promise<Rule> {
  const read = schema.safeParse(document.value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = issue?.code === 'unrecognized_keys' ? [issue.keys[0] ?? ''] : (issue?.path ?? []);
    throw invalid(
      document,
      file,
      path,
      `${path.map(String).join('.') || 'the rule'}: ${issue?.message ?? 'not a rule'}`,
    );
  }
  const { id, severity, query, advice } = read.data;
  const title = tame(read.data.title ?? '', 200);
  const message = tame(read.data.message, 1_000);
  const languages = read.data.languages.filter(isLanguage);
  for (const language of languages) {
    const captures = await compile(query, language, document, file);
    if (!captures.includes('finding'))
      throw invalid(
        document,
        file,
        ['query'],
        'query: no capture is called @finding, which says where the finding is',
      );
  }
  return defineRule({
    id,
    languages,
    title: title === '' ? titleFrom(message, id) : title,
    summary: message,
    severity,
    priority: 'recommended',
    complexity: 'low',
    cost: 'low',
    packages: [],
    shownBy: {},
    advice: {
      libraryDefault: NOT_STATED,
      source: file,
      howItMaterializes: message,
      downstreamImpact: NOT_STATED,
      discussion: advice === '' ? NOT_STATED : tame(advice, 4_000),
      infrastructurePattern: NOT_STATED,
      benefit: NOT_STATED,
      risks: NOT_STATED,
      monitoring: NOT_STATED,
    },
    check: () => [],
    query: { text: query, message },
    examples: { valid: [], invalid: [] },
  });
}

/** The message's first sentence, unless captures are to be filled in: those differ from finding to finding. */
function titleFrom(message: string, id: string): string {
  const [sentence = ''] = message.split(/[.\n]/);
  return sentence === '' || /\{\w+\}/.test(message) ? id : sentence;
}

async function compile(
  query: string,
  language: LanguageName,
  document: YamlDocument,
  file: string,
): Promise<readonly string[]> {
  const grammar = await loadLanguage(language);
  try {
    return checkQuery(grammar, query);
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    throw invalid(document, file, ['query'], `query: it does not fit the grammar of ${language}: ${seen}`);
  }
}

function isLanguage(name: string): name is LanguageName {
  return languageNames.includes(name);
}

function invalid(document: YamlDocument, file: string, path: readonly PropertyKey[], what: string): AppError {
  const { line, column } = document.locate(path, 'key');
  return new AppError('CONFIG_INVALID', `${file}:${line}:${column}: ${what}.`, {
    hint: 'docs/rules.md shows how a rule of your own is written.',
  });
}
