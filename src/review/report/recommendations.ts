import { inlineCode } from '../../markdown.ts';
import { fence, tame } from '../../policy.ts';
import type { Evidence, Finding } from '../../types-code.ts';
import { isAccusing } from '../evidence/find-symptoms.ts';
import type { Review, Suggestion } from '../review-nouns.ts';
import { plural, showItem, showingScenarios, showPlace, showPriority, showText } from './words.ts';

const MAX_DIFF_CHARACTERS = 12_000;
const MAX_PLACES = 8;

/** Says for each recommendation which cause is suspected, and what was measured or read that speaks for it. */
export function renderHypotheses(review: Review): string {
  const intro =
    'Each hypothesis cites the places in the code and the items of the run that it rests on; without such an item it is a reading of the code, and the scenario that would show it is named.';
  const cleared = review.symptoms.filter((symptom) => !isAccusing(symptom.kind));
  const list = review.suggestions.map((one, index) => renderHypothesis(one, index, review));
  return [
    '## Root-Cause Hypotheses',
    '',
    ...(list.length === 0
      ? ['There is none: no rule matched and no symptom was measured.']
      : [`*${intro}*`, '', list.join('\n\n')]),
    ...(cleared.length === 0
      ? []
      : [
          '',
          `**Cleared**: ${cleared.map((symptom) => `${showText(symptom.endpoint)} in ${showItem(symptom)} (${symptom.figures})`).join('; ')}. The fault lay between client and service, so no code is accused.`,
        ]),
  ].join('\n');
}

function renderHypothesis(one: Suggestion, index: number, review: Review): string {
  const findings = findingsOf(one, review);
  const evidence = uniqueEvidence(findings);
  const seen =
    one.ruleId === null
      ? one.symptoms.map(
          (symptom) => `  * ${showText(symptom.seen, 300)} ${symptom.figures} (${showItem(symptom)})`,
        )
      : evidence.map(
          (proof) =>
            `  * ${showText(proof.symptom, 300)} ${proof.figures} (${showItem(proof)}; confidence ${Math.round(proof.confidence * 100)} %)`,
        );
  const would = one.ruleId === null ? [] : showingScenarios(one.ruleId).slice(0, 2);
  return [
    `${index + 1}. **${one.title}**`,
    '',
    ...(seen.length > 0
      ? ['* **Symptom mapping:**', ...seen]
      : [
          `* **Symptom mapping:** no measurement speaks for or against it yet.${would.length === 0 ? '' : ` It would show under ${would.join('; or ')}.`}`,
        ]),
    `* **Hypothesis:** ${one.ruleId === null ? showText(one.summary, 400) : `${one.summary} ${one.advice.libraryDefault} (${one.advice.source})`}`,
    ...(findings.length > 0 ? [`* **Where:** ${places(findings)}`] : []),
  ]
    .map((line, at) => (at === 0 || line === '' ? line : `   ${line}`))
    .join('\n');
}

/** The changes, each with its reason, its diff as `git apply` accepts it, and what serves the same end outside. */
export function renderRecommendations(review: Review): string {
  if (review.suggestions.length === 0) return '## Recommendations\n\nNone.';
  const parts = review.suggestions.map((one, index) => renderRecommendation(one, index, review));
  return ['## Recommendations', '', parts.join('\n\n---\n\n')].join('\n');
}

function renderRecommendation(one: Suggestion, index: number, review: Review): string {
  const findings = findingsOf(one, review);
  const changes = renderChanges(one, findings);
  const around = [
    '**Infrastructure patterns:**',
    '',
    `* ${one.advice.infrastructurePattern}`,
    '',
    '**Monitoring:**',
    '',
    `* ${one.advice.monitoring}`,
  ];
  const inner = ['**Discussion:**', '', one.advice.discussion];
  return [
    `### ${index + 1}. ${one.title}`,
    '',
    `**Priority:** ${showPriority(one.priority)}`,
    '',
    `**Rests on:** ${renderGrounds(one, findings)}`,
    '',
    '**Rationale:**',
    '',
    `* ${one.advice.howItMaterializes}`,
    `* ${one.advice.downstreamImpact}`,
    '',
    ...(review.role === 'sre'
      ? [...around, '', ...changes, '', ...inner]
      : [...changes, '', ...inner, '', ...around]),
  ].join('\n');
}

const MAX_GROUNDS = 3;

/** The places in the code and the items of the run that a recommendation rests on. */
function renderGrounds(one: Suggestion, findings: readonly Finding[]): string {
  const places = findings.map(({ place }) => showPlace(place));
  const items = [...new Set(one.symptoms.map(showItem))];
  const first = (list: readonly string[]) =>
    `${list.slice(0, MAX_GROUNDS).join('; ')}${list.length > MAX_GROUNDS ? `; and ${list.length - MAX_GROUNDS} more` : ''}`;
  return [
    ...(places.length === 0 ? [] : [first(places)]),
    items.length === 0 ? 'not measured yet' : `measured in ${first(items)}`,
  ]
    .join('; ')
    .concat('.');
}

function renderChanges(one: Suggestion, findings: readonly Finding[]): string[] {
  const lines = ['#### Proposed Changes', ''];
  for (const { diff, findingIds } of one.diffs) {
    lines.push(
      `Mends ${findingIds.map(inlineCode).join(', ')}:`,
      '',
      fence(diff.trimEnd(), MAX_DIFF_CHARACTERS, 'diff'),
      '',
    );
  }
  const open = findings.filter((finding) => finding.fix === null);
  if (open.length > 0) {
    lines.push(
      `${plural(open.length, 'place')} without a fix that is safe unread, to be changed by hand:`,
      '',
    );
    for (const finding of open.slice(0, MAX_PLACES)) lines.push(...renderOpen(finding));
    if (open.length > MAX_PLACES) lines.push(`… and ${open.length - MAX_PLACES} more.`);
  }
  if (one.pattern !== null)
    lines.push(
      `No code was linked to this, so here is the pattern instead of a diff${sourceOf(one)}:`,
      '',
      `> ${one.pattern.text}`,
    );
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function sourceOf({ advice }: Suggestion): string {
  return advice.source === '' ? '' : ` (${advice.source})`;
}

function renderOpen(finding: Finding): string[] {
  return [
    `* ${showPlace(finding.place)}: ${showText(finding.message, 300)}`,
    '',
    fence(finding.excerpt, 1_000),
    '',
  ];
}

function places(findings: readonly Finding[]): string {
  const shown = findings.slice(0, MAX_PLACES).map((finding) => {
    const symbol = finding.symbol === null ? '' : ` in ${inlineCode(tame(finding.symbol, 80))}`;
    const reached =
      finding.reachedFrom.length === 0
        ? ''
        : `, reached from ${finding.reachedFrom
            .slice(0, 3)
            .map((one) => inlineCode(tame(one, 80)))
            .join(', ')}`;
    return `${showPlace(finding.place)}${symbol}${reached}`;
  });
  const more = findings.length - shown.length;
  return `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`;
}

function findingsOf(one: Suggestion, review: Review): Finding[] {
  return review.findings.filter((finding) => one.findingIds.includes(finding.id));
}

function uniqueEvidence(findings: readonly Finding[]): Evidence[] {
  const all = findings.flatMap((finding) => finding.evidence);
  const key = (proof: Evidence) => `${proof.itemId} ${proof.symptom}`;
  return all
    .filter((proof, index) => all.findIndex((other) => key(other) === key(proof)) === index)
    .slice(0, 5);
}
