import { createHash } from 'node:crypto';
import type { CodeReader } from '../rag/code-reader.ts';
import { familyOf } from '../rag/languages.ts';
import type { Notice } from '../types.ts';
import type { CodeRange, CodeSymbol, Evidence, Finding, Fix, Severity } from '../types-code.ts';
import { linkEvidence } from './evidence/link-evidence.ts';
import type { Symptom } from './evidence/symptom.ts';
import { isLead } from './is-lead.ts';
import { hashText, lineAt } from './patch/text-lines.ts';
import { findReach, REACH_OF_START } from './reach/find-reach.ts';
import type { Unit } from './reach/list-units.ts';
import { createProjectBounds } from './reach/projects.ts';
import { createNameReach } from './reach/reach-by-name.ts';
import { createWaiting } from './reach/waiting.ts';
import type { FileHit, FileHits } from './review-code-files.ts';
import type { RuleStanding } from './rule.ts';
import { isEndedByTask } from './task-limits.ts';

const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical'];
const RAISING_CONFIDENCE = 0.6;
const MAX_EXCERPT_LINES = 12;
const ENDED =
  'wait(s) without a limit of their own are left out: no operation reaches them, and every task has a time limit';

/** Matches, both lists by weight. */
export interface Found {
  readonly findings: readonly Finding[];
  /**
   * In code that no operation reaches, as far as calls and names can be followed, and that no start runs; calls that
   * no operation is known to wait for; programs run by hand; and advice that only a measurement would make a finding of.
   */
  readonly leads: readonly Finding[];
}

/**
 * Turns matches into findings: who reaches them, what was measured, how much they weigh; the heaviest first. Matches
 * that no operation reaches are leads: of a hundred such that were judged in code bases nobody had tuned for, some
 * forty were no weakness of the service (programs run by hand, code that is shut off); of calls that no operation was
 * known to wait for, thirty-four of fifty-eight.
 * What could not be followed is added to `notices`.
 */
export async function makeFindings(
  { hits, units, tasksAreLimited }: FileHits,
  index: CodeReader,
  symptoms: readonly Symptom[],
  { isOwn, isTrusted }: RuleStanding,
  notices: Notice[],
): Promise<Found> {
  const seenIds = new Map<string, number>();
  const names = createNameReach(units, index.routes, createProjectBounds(index.manifests));
  const waiting = createWaiting(units, index.routes);
  const findings: Finding[] = [];
  const leads: Finding[] = [];
  let ended = 0;
  for (const hit of hits) {
    const place = placeOf(hit);
    const symbol = nameSymbol(names.unitAt(place), await index.enclosingSymbol(place));
    const reach = await findReach(index, names, place, notices);
    const isOfStart = hit.rule.ofStart === true && reach.reachedFrom?.length !== 0;
    const { reachedFrom, certainty } = isOfStart ? REACH_OF_START : reach;
    if (hit.rule.onlyInOperations === true && (reachedFrom ?? []).length === 0) continue;
    if (tasksAreLimited && reachedFrom?.length === 0 && isEndedByTask(hit.rule.id, hit.language)) {
      ended += 1;
      continue;
    }
    const evidence = linkEvidence(hit.rule, { reachedFrom, certainty }, symptoms);
    const excerpt = excerptOf(hit);
    const id = makeId(hit, symbol, excerpt, seenIds);
    const isLeftAlone =
      hit.match.feltAt === undefined
        ? hit.isDropped || waiting.isLeftAlone(place)
        : waiting.areLeftAlone(hit.file, hit.match.feltAt);
    const isNoFinding =
      !isOwn(hit.rule.id) && (await isLead({ hit, reachedFrom, isLeftAlone, evidence }, index, isTrusted));
    const list = isNoFinding ? leads : findings;
    list.push(toFinding({ hit, id, place, symbol, reachedFrom, evidence, excerpt, index }));
  }
  if (ended > 0) notices.push({ where: 'tasks', message: `${ended} ${ENDED}` });
  return { findings: findings.sort(byWeight), leads: leads.sort(byWeight) };
}

function byWeight(a: Finding, b: Finding): number {
  return (
    weightOf(b) - weightOf(a) ||
    compare(a.place.file, b.place.file) ||
    a.place.startLine - b.place.startLine ||
    compare(a.ruleId, b.ruleId)
  );
}

/** How much a finding weighs: its severity first, then what was measured, then how many operations reach it. */
export function weightOf(finding: Finding): number {
  const proof = Math.max(0, ...finding.evidence.map((one) => one.confidence));
  const reach = Math.min(finding.reachedFrom.length, 5) / 5;
  return SEVERITIES.indexOf(finding.severity) * 10 + proof * 6 + reach * 3;
}

/** Whether a measurement speaks for a finding so surely that it weighs more. */
export function isProven(evidence: readonly Evidence[]): boolean {
  return evidence.some((one) => one.confidence >= RAISING_CONFIDENCE);
}

interface Parts {
  readonly hit: FileHit;
  readonly id: string;
  readonly place: CodeRange;
  readonly symbol: string | null;
  readonly reachedFrom: readonly string[] | null;
  readonly evidence: readonly Evidence[];
  readonly excerpt: string;
  readonly index: CodeReader;
}

function toFinding({ hit, id, place, symbol, reachedFrom, evidence, excerpt, index }: Parts): Finding {
  const { rule, match, file, language } = hit;
  const versions = rule.packages.flatMap((name) => {
    const version = index.findPackageVersion(familyOf(language), name, file);
    return version === null ? [] : [`${name} ${version}`];
  });
  const orphan = reachedFrom?.length === 0;
  return {
    id,
    ruleId: rule.id,
    severity: weigh(rule.severity, evidence, orphan),
    title: rule.title,
    message: versions.length === 0 ? match.message : `${match.message} (${versions.join(', ')})`,
    place,
    excerpt,
    symbol,
    reachedFrom: reachedFrom ?? [],
    evidence,
    fix: toFix(hit),
  };
}

/** Measured harm raises a finding, code that no operation reaches lowers it. */
function weigh(severity: Severity, evidence: readonly Evidence[], orphan: boolean): Severity {
  const level = SEVERITIES.indexOf(severity);
  const moved = level + (isProven(evidence) ? 1 : 0) - (orphan ? 1 : 0);
  return SEVERITIES[Math.min(Math.max(moved, 0), SEVERITIES.length - 1)] ?? severity;
}

function toFix({ match, file, text }: FileHit): Fix | null {
  if (match.fix === null) return null;
  return {
    summary: match.fix.summary,
    edits: match.fix.edits.map((edit) => ({ file, ...edit })),
    base: { [file]: hashText(text) },
  };
}

function placeOf({ match, file, text }: FileHit): CodeRange {
  const startLine = lineAt(text, match.startOffset);
  const endLine = lineAt(text, Math.max(match.startOffset, match.endOffset - 1));
  return { file, startLine, endLine };
}

function nameSymbol(unit: Unit | null, symbol: CodeSymbol | null): string | null {
  const known = symbol === null ? '' : [symbol.parent, symbol.name].filter((part) => part !== '').join('.');
  const named = unit === null ? '' : [...unit.parents, unit.name].join('.');
  return (named.length >= known.length ? named : known) || null;
}

function excerptOf({ match, text }: FileHit): string {
  const lineStart = text.lastIndexOf('\n', match.startOffset - 1) + 1;
  const newline = text.indexOf('\n', match.endOffset);
  const lines = text.slice(lineStart, newline < 0 ? text.length : newline).split(/\r?\n/);
  const shown = lines.slice(0, MAX_EXCERPT_LINES);
  const indent = Math.min(
    ...shown.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  const rest = lines.length > shown.length ? [`… ${lines.length - shown.length} more lines`] : [];
  return [...shown.map((line) => line.slice(Number.isFinite(indent) ? indent : 0)), ...rest].join('\n');
}

/** The same finding keeps its id when lines above it move; equal ones in one symbol are counted. */
function makeId(hit: FileHit, symbol: string | null, excerpt: string, seen: Map<string, number>): string {
  const key = [hit.rule.id, hit.file, symbol ?? '', excerpt].join('\u0000');
  const count = seen.get(key) ?? 0;
  seen.set(key, count + 1);
  const hash = createHash('sha256').update(`${key}\u0000${count}`, 'utf8').digest('hex');
  return `fnd_${hash.slice(0, 12)}`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
