import { tame } from '../../policy.ts';
import { type SarifLevel, sarifUri, writeSarif } from '../../sarif.ts';
import type { Finding, Fix, Severity } from '../../types-code.ts';
import type { Review } from '../review-nouns.ts';
import type { Rule } from '../rule.ts';
import { RULES } from '../rules/index.ts';

const LEVELS: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** Renders the findings of a review as SARIF 2.1.0, with their fixes and the rules that were applied. */
export function renderReviewSarif(review: Review): string {
  const rules = RULES.filter((rule) => review.scope.rules.includes(rule.id));
  const own = ownRulesOf(review);
  const ids = [...rules, ...own].map((rule) => rule.id);
  return writeSarif({
    id: `breakwater/${review.id}`,
    rules: [...rules.map(describeRule), ...own.map(describeOwnRule)],
    results: review.findings.map((finding) => toResult(finding, ids)),
  });
}

function describeRule(rule: Rule): object {
  return {
    id: rule.id,
    name: rule.title.replace(/`/g, ''),
    shortDescription: { text: rule.summary },
    fullDescription: { text: `${rule.advice.howItMaterializes} ${rule.advice.libraryDefault}` },
    help: { text: `${rule.advice.discussion} Source: ${rule.advice.source}` },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: { severity: rule.severity, priority: rule.priority },
  };
}

interface OwnRule {
  readonly id: string;
  readonly title: string;
}

/** Rules of the user's own that were applied; of those a review keeps what their findings say. */
function ownRulesOf(review: Review): readonly OwnRule[] {
  return review.scope.rules
    .filter((id) => !RULES.some((rule) => rule.id === id))
    .map((id) => ({ id, title: review.findings.find((finding) => finding.ruleId === id)?.title ?? id }));
}

function describeOwnRule({ id, title }: OwnRule): object {
  return { id, name: tame(title, 200), shortDescription: { text: tame(title, 400) } };
}

function toResult(finding: Finding, ruleIds: readonly string[]): object {
  const { file, startLine, endLine } = finding.place;
  const proof = finding.evidence.map((one) => `${one.symptom} ${one.figures} (${one.runId}, ${one.itemId})`);
  return {
    ruleId: finding.ruleId,
    ruleIndex: ruleIds.indexOf(finding.ruleId),
    level: LEVELS[finding.severity],
    message: { text: [tame(finding.message, 400), ...proof.map((one) => tame(one, 400))].join('\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: sarifUri(file) },
          region: { startLine, endLine, snippet: { text: tame(finding.excerpt, 1_000) } },
        },
        ...(finding.symbol === null ? {} : { logicalLocations: [{ fullyQualifiedName: finding.symbol }] }),
      },
    ],
    partialFingerprints: { 'breakwaterFinding/v1': finding.id },
    properties: {
      severity: finding.severity,
      reachedFrom: finding.reachedFrom,
      evidence: finding.evidence,
    },
    ...(finding.fix === null ? {} : { fixes: [toFix(finding.fix)] }),
  };
}

function toFix(fix: Fix): object {
  const files = [...new Set(fix.edits.map((edit) => edit.file))];
  return {
    description: { text: fix.summary },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: sarifUri(file) },
      replacements: fix.edits
        .filter((edit) => edit.file === file)
        .map(({ startOffset, endOffset, text }) => ({
          deletedRegion: { charOffset: startOffset, charLength: endOffset - startOffset },
          insertedContent: { text },
        })),
    })),
  };
}
