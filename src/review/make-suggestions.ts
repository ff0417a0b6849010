import type { Finding, Priority } from '../types-code.ts';
import { isAccusing } from './evidence/find-symptoms.ts';
import { isSameOperation } from './evidence/link-evidence.ts';
import type { Symptom, SymptomKind } from './evidence/symptom.ts';
import { SYMPTOM_MEANINGS } from './evidence/symptom-meanings.ts';
import { isProven, weightOf } from './make-findings.ts';
import { applyEdits, haveOverlap } from './patch/apply-edits.ts';
import { writeDiff } from './patch/write-diff.ts';
import type { FileHit } from './review-code-files.ts';
import type { SuggestedDiff, Suggestion } from './review-nouns.ts';
import type { Rule } from './rule.ts';

const PRIORITIES: readonly Priority[] = ['critical', 'recommended', 'nice-to-have'];

/**
 * Groups findings by rule into recommendations with real diffs; symptoms that no finding explains become
 * recommendations by pattern.
 */
export function makeSuggestions(
  findings: readonly Finding[],
  hits: readonly FileHit[],
  symptoms: readonly Symptom[],
): Suggestion[] {
  const rules = new Map<string, Rule>(hits.map((hit) => [hit.rule.id, hit.rule]));
  const texts = new Map(hits.map((hit) => [hit.file, hit.text]));
  const fromRules = [...rules.values()].flatMap((rule) => {
    const own = findings.filter((finding) => finding.ruleId === rule.id);
    return own.length === 0 ? [] : [fromRule(rule, own, texts, symptoms)];
  });
  const explained = new Set(
    findings.flatMap((one) => one.evidence.map((seen) => `${seen.itemId} ${seen.symptom}`)),
  );
  const open = symptoms.filter((one) => isAccusing(one.kind) && !explained.has(`${one.itemId} ${one.seen}`));
  const kinds = [...new Set(open.map((symptom) => symptom.kind))];
  const fromSymptoms = kinds.map((kind) =>
    fromSymptom(
      kind,
      open.filter((symptom) => symptom.kind === kind),
    ),
  );
  const weights = new Map(findings.map((finding) => [finding.id, weightOf(finding)]));
  const weigh = (one: Suggestion) => Math.max(0, ...one.findingIds.map((id) => weights.get(id) ?? 0));
  return [...fromRules, ...fromSymptoms].sort(
    (a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) || weigh(b) - weigh(a),
  );
}

function fromRule(
  rule: Rule,
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  symptoms: readonly Symptom[],
): Suggestion {
  const proven = new Set(
    findings.flatMap((one) => one.evidence.map((seen) => `${seen.itemId} ${seen.symptom}`)),
  );
  return {
    ruleId: rule.id,
    title: rule.title,
    summary: rule.summary,
    priority: priorityOf(rule, findings),
    complexity: rule.complexity,
    cost: rule.cost,
    advice: rule.advice,
    pattern: null,
    findingIds: findings.map((finding) => finding.id),
    symptoms: symptoms.filter((symptom) => proven.has(`${symptom.itemId} ${symptom.seen}`)),
    diffs: writeDiffs(findings, texts),
  };
}

/** What no operation reaches and no run has shown can wait; what a run has shown is more than nice to have. */
function priorityOf(rule: Rule, findings: readonly Finding[]): Priority {
  const proven = findings.some((finding) => isProven(finding.evidence));
  if (proven && findings.some(({ severity }) => severity === 'critical')) return 'critical';
  if (proven && rule.priority === 'nice-to-have') return 'recommended';
  const low = findings.every((finding) => ['info', 'low', 'medium'].includes(finding.severity));
  return low && rule.priority === 'critical' ? 'recommended' : rule.priority;
}

function writeDiffs(findings: readonly Finding[], texts: ReadonlyMap<string, string>): SuggestedDiff[] {
  const files = [...new Set(findings.map((finding) => finding.place.file))].sort();
  return files.flatMap((file) => {
    const oldText = texts.get(file);
    const own = findings.filter((finding) => finding.place.file === file && finding.fix !== null);
    if (oldText === undefined || own.length === 0) return [];
    const edits = own.flatMap((finding) => finding.fix?.edits ?? []);
    const groups = haveOverlap(edits) ? own.map((finding) => [finding]) : [own];
    return groups.map((group) => {
      const newText = applyEdits(
        file,
        oldText,
        group.flatMap((finding) => finding.fix?.edits ?? []),
      );
      const diff = writeDiff([{ file, oldText, newText }]);
      return { file, findingIds: group.map((finding) => finding.id), diff };
    });
  });
}

function fromSymptom(kind: SymptomKind, symptoms: readonly Symptom[]): Suggestion {
  const meaning = SYMPTOM_MEANINGS[kind];
  const endpoints = symptoms
    .map((symptom) => symptom.endpoint)
    .filter((endpoint, index, all) => all.findIndex((other) => isSameOperation(other, endpoint)) === index);
  return {
    ruleId: null,
    title: meaning.title,
    summary: `${meaning.hypothesis} Seen at ${endpoints.join(', ')}.`,
    priority: meaning.priority,
    complexity: meaning.complexity,
    cost: meaning.cost,
    advice: {
      libraryDefault: '',
      source: meaning.source,
      howItMaterializes: symptoms[0]?.seen ?? '',
      downstreamImpact: meaning.impact,
      discussion: meaning.discussion,
      infrastructurePattern: meaning.infrastructurePattern,
      benefit: meaning.benefit,
      risks: meaning.risks,
      monitoring: meaning.monitoring,
    },
    pattern: { text: meaning.pattern, scenario: meaning.scenario },
    findingIds: [],
    symptoms,
    diffs: [],
  };
}
