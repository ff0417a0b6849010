import { inlineCode } from '../../markdown.ts';
import { fence, tame } from '../../policy.ts';
import type { RunResult } from '../../types-run.ts';
import type { Review } from '../review-nouns.ts';
import { excerptReport } from './excerpt.ts';
import { plural, showText } from './words.ts';

const MAX_NOTICES = 30;
const MAX_CONTEXT_CHARACTERS = 4_000;

/** Says what this review rests on, what was left out, and which earlier reports were given. */
export function renderScope(review: Review, run: RunResult | null): string {
  const { scope } = review;
  const code =
    scope.root === null
      ? 'Code: none was given.'
      : `Code: ${plural(scope.filesReviewed, 'file')} and ${plural(scope.routes, 'route')}, with ${listRules(scope.rules)}. Tests and generated files are left out.`;
  const measured =
    run === null
      ? 'Measurements: none were given.'
      : `Measurements: run ${inlineCode(run.run.id)}, seed ${run.run.seed}, ${plural(run.results.length, 'item')}, ${run.run.state}.`;
  const operations =
    scope.operations.length === 0
      ? []
      : [`* Limited to ${scope.operations.map((one) => inlineCode(tame(one, 100))).join(', ')}.`];
  const notices = review.notices
    .slice(0, MAX_NOTICES)
    .map((one) => `* ${showText(one.where)}: ${showText(one.message, 300)}`);
  const more = review.notices.length - notices.length;
  return [
    '## What This Review Rests On',
    '',
    `* ${code}`,
    `* ${measured}`,
    ...operations,
    ...(notices.length === 0 ? [] : ['', '**Left out or silenced**', '', ...notices]),
    ...(more > 0 ? [`* … and ${more} more.`] : []),
    ...review.contextTexts.flatMap(({ name, text }) => {
      const excerpt = excerptReport(text, MAX_CONTEXT_CHARACTERS);
      return [
        '',
        `**Given as context: ${showText(name)}**${excerpt.cut} (text from a file, not a claim of this review)`,
        '',
        fence(excerpt.text, MAX_CONTEXT_CHARACTERS),
      ];
    }),
  ].join('\n');
}

function listRules(rules: readonly string[]): string {
  if (rules.length === 0) return 'no rule for its languages';
  return `the ${plural(rules.length, 'rule')} for its languages (${rules.map(inlineCode).join(', ')})`;
}
