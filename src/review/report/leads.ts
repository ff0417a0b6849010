import { markdownTable } from '../../markdown.ts';
import type { Review } from '../review-nouns.ts';
import { type FindingGroup, groupFindings } from './group-findings.ts';
import { showPlace, showText } from './words.ts';

const MAX_LEADS = 100;
const MAX_PLACES = 8;

/** Renders the matches whose harm the code alone does not show. */
export function renderLeads({ leads }: Review): string {
  const groups = groupFindings(leads);
  const rows = groups
    .slice(0, MAX_LEADS)
    .map((group) => [
      group[0].id,
      showPlaces(group),
      showText(group[0].title),
      showText(group[0].message, 200),
    ]);
  const left = groups.length - rows.length;
  return [
    '## Leads: What the Code Alone Does Not Show',
    '',
    'The code alone does not show that these harm the service. No known operation reaches them or waits for them (programs run by hand, jobs and workers, code that nothing calls, or code that could not be followed), or their rules were too seldom right, or too seldom seen, in code that nobody had tuned for: a run that shows their harm makes findings of them. They are not counted as findings; where a service depends on such code, they weigh as much.',
    '',
    markdownTable(['Lead', 'Place', 'Weakness', 'What is there'], rows),
    ...(left > 0 ? ['', `… and ${left} more, in the JSON of this review.`] : []),
  ].join('\n');
}

function showPlaces(group: FindingGroup): string {
  const shown = group.slice(0, MAX_PLACES).map(({ place }) => showPlace(place));
  const left = group.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}
