import { headingAnchor } from '../../markdown.ts';
import type { RunResult } from '../../types-run.ts';
import type { Review } from '../review-nouns.ts';
import { renderExecutiveSummary } from './executive-summary.ts';
import { renderFailures } from './failures.ts';
import { renderLeads } from './leads.ts';
import { type ModelPart, renderModelPart } from './model-sections.ts';
import { renderPosture } from './posture.ts';
import { renderHypotheses, renderRecommendations } from './recommendations.ts';
import { renderScope } from './scope.ts';
import { renderPriorities, renderThreats } from './threats.ts';
import { showText } from './words.ts';

/**
 * Renders a review as one Markdown document. Every claim cites a place in the code or an item of the run; what
 * was not measured or not read is said to be missing. Text from outside is escaped or fenced.
 */
export function renderReviewMarkdown(
  review: Review,
  run: RunResult | null,
  model: ModelPart | null = null,
): string {
  const sections = [
    renderExecutiveSummary(review, run),
    renderPosture(review, run),
    renderFailures(run),
    renderHypotheses(review),
    renderRecommendations(review),
    renderPriorities(review),
    renderThreats(review),
    ...(review.leads.length === 0 ? [] : [renderLeads(review)]),
    ...(model === null ? [] : [renderModelPart(model)]),
    renderScope(review, run),
  ];
  const body = sections.join('\n\n');
  return `# Resilience review\n\n${renderContents(body)}\n\n---\n\n${body}\n\n---\n\nReview \`${review.id}\`, written on ${review.createdAt} by Breakwater ${model === null ? 'without a model' : `with a section by ${showText(model.writtenBy)}`}.\n`;
}

/** Links to the headings of the second and third level; those within fences are no headings. */
function renderContents(body: string): string {
  const lines = ['## Table of Contents', ''];
  const seen = new Map<string, number>();
  let fence: string | null = null;
  for (const line of body.split('\n')) {
    const mark = /^(`{3,})/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === null ? mark : line === fence ? null : fence;
    const heading = fence === null ? /^(##|###) (.+)$/.exec(line) : null;
    if (heading?.[2] === undefined) continue;
    const anchor = headingAnchor(heading[2]);
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    const link = `[${heading[2].replace(/`/g, '')}](#${anchor}${times === 0 ? '' : `-${times}`})`;
    lines.push(`${heading[1] === '##' ? '' : '  '}- ${link}`);
  }
  return lines.join('\n');
}
