import { inlineCode, markdownTable } from '../../markdown.ts';
import type { Finding } from '../../types-code.ts';
import type { Review } from '../review-nouns.ts';
import { plural, showingScenarios, showPriority } from './words.ts';

/** The recommendations side by side: priority, effort, benefit. */
export function renderPriorities(review: Review): string {
  const heading = '## Summary & Prioritization Table\n\n';
  if (review.suggestions.length === 0) return `${heading}Nothing to prioritize.`;
  const header = [
    '#',
    'Recommendation',
    'Priority',
    'Complexity',
    'Implementation cost',
    'Findings',
    'Measured',
    'Expected benefit',
  ];
  const rows = review.suggestions.map((one, index) => [
    String(index + 1),
    one.title,
    showPriority(one.priority),
    one.complexity,
    one.cost,
    one.findingIds.length === 0 ? '–' : String(one.findingIds.length),
    one.symptoms.length > 0 ? 'yes' : 'not yet',
    one.advice.benefit,
  ]);
  return `${heading}${markdownTable(header, rows)}`;
}

/** What each recommendation may cost, and how to see whether it did. */
export function renderThreats(review: Review): string {
  if (review.suggestions.length === 0) return '## Threats & Next Steps\n\nNone.';
  const header = [
    'Recommendation',
    'Potential risk / trade-off',
    'Business impact if left',
    'Monitoring & validation',
  ];
  const rows = review.suggestions.map((one) => [
    one.title,
    one.advice.risks,
    one.advice.downstreamImpact,
    one.advice.monitoring,
  ]);
  const steps = review.suggestions.map((one, index) => {
    const scenarios = one.pattern === null ? showingScenarios(one.ruleId ?? '') : [one.pattern.scenario];
    const fixable = review.findings.filter(({ id, fix }) => fix !== null && one.findingIds.includes(id));
    const open = one.findingIds.length - fixable.length;
    return [
      `### Next steps ${index + 1}: ${one.title}`,
      '',
      ...scenarios
        .slice(0, 2)
        .map((scenario) => `* **Test:** ${scenario}, before and after the change, with the same seed.`),
      ...proveFixes(fixable),
      ...(open > 0 ? [`* **By hand:** ${plural(open, 'place')} of recommendation ${index + 1}.`] : []),
      ...(one.pattern === null
        ? []
        : ['* **Find the place:** review the code with this run; findings then name file, line and diff.']),
      '* **Afterwards:** watch what the table above says, for the benefit and for the risk.',
    ].join('\n');
  });
  return ['## Threats & Next Steps', '', markdownTable(header, rows), '', steps.join('\n\n')].join('\n');
}

const MAX_IDS = 10;

/** The calls that make a patch of the fixes and measure it. */
function proveFixes(fixable: readonly Finding[]): string[] {
  if (fixable.length === 0) return [];
  const ids = JSON.stringify({ finding_ids: fixable.slice(0, MAX_IDS).map(({ id }) => id) });
  return [
    `* **Prove:** ${inlineCode(`patch_propose ${ids}`)}, then ${inlineCode('patch_verify')} with the patch.`,
  ];
}
