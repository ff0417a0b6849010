import { markdownTable } from '../../markdown.ts';
import type { Review } from '../review-nouns.ts';
import { showingScenarios, showPriority } from './words.ts';

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
    const scenarios = one.ruleId === null ? [] : showingScenarios(one.ruleId);
    return [
      `### Next steps ${index + 1}: ${one.title}`,
      '',
      `* **Threat:** ${one.advice.risks}`,
      ...scenarios
        .slice(0, 2)
        .map((scenario) => `* **Test:** ${scenario}, before and after the change, with the same seed.`),
      `* **Monitor:** ${one.advice.monitoring}`,
    ].join('\n');
  });
  return ['## Threats & Next Steps', '', markdownTable(header, rows), '', steps.join('\n\n')].join('\n');
}
