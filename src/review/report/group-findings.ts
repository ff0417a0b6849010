import type { Finding } from '../../types-code.ts';
import { plural } from './words.ts';

/** One weakness that stands in several places of a file: the first place is the one that is shown. */
export type FindingGroup = readonly [Finding, ...Finding[]];

const MAX_PLACES = 8;

/** Puts findings of one rule in one file that weigh the same together, in the order of the first of each. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const key = [finding.ruleId, finding.place.file, finding.severity].join('\u0000');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** Names the further places of a group with their ids; `null` when there is one place only. */
export function showOtherPlaces([, ...others]: FindingGroup): string | null {
  if (others.length === 0) return null;
  const shown = others.slice(0, MAX_PLACES).map(({ id, place }) => `line ${place.startLine} (${id})`);
  const rest = others.length > shown.length ? [`and ${others.length - shown.length} more`] : [];
  return `and ${plural(others.length, 'place')} more in this file: ${[...shown, ...rest].join(', ')}`;
}

/** Operations that reach some place of a group, sorted. */
export function reachOf(group: FindingGroup): string[] {
  return [...new Set(group.flatMap((finding) => finding.reachedFrom))].sort();
}
