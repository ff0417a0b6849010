import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { CodeReader } from '../rag/code-reader.ts';
import type { Notice } from '../types.ts';
import type { Finding } from '../types-code.ts';
import type { RunResult } from '../types-run.ts';
import { splitByBaseline } from './baseline.ts';
import { findSymptoms } from './evidence/find-symptoms.ts';
import { isSameOperation } from './evidence/link-evidence.ts';
import { bestTemplate, joinRoutes } from './join-routes.ts';
import { listEndpoints } from './list-endpoints.ts';
import { type Found, makeFindings } from './make-findings.ts';
import { makeSuggestions } from './make-suggestions.ts';
import { type FileHits, reviewFiles } from './review-code-files.ts';
import type { Review, ReviewRequest } from './review-nouns.ts';
import type { RuleStanding } from './rule.ts';
import { isTrusted } from './rule-records.ts';
import { pickRules } from './run-rules.ts';
import { scoreReview } from './scores.ts';
import { showEndpoint } from './show-endpoint.ts';

export type { Review, ReviewRequest } from './review-nouns.ts';

/** What a review is made with. */
export interface ReviewDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Absent: rules are trusted by their records. */
  readonly isTrusted?: RuleStanding['isTrusted'];
}

/**
 * Reviews code, measurements, or both: rules are run over the code, a run's symptoms are read, and each finding
 * gets the measurements of operations that reach it.
 *
 * @throws AppError BAD_INPUT when there is neither code nor a run, or a rule or an operation is unknown.
 */
export async function reviewCode(request: ReviewRequest, deps: ReviewDeps): Promise<Review> {
  const { index } = request;
  if (index === null && request.run === null) {
    throw new AppError('BAD_INPUT', 'There is neither code nor a run to review.', {
      hint: 'Index the code with code_index, or run scenarios with scenario_run, then review again.',
    });
  }
  const { run, rename, notices: joined } = joinRun(request.run, index);
  const rules = pickRules(request.rules, request.ownRules);
  const operations = (await resolveOperations(request.operations, index, run)).map(rename);
  const wanted = (endpoint: string) =>
    operations.length === 0 || operations.some((operation) => isSameOperation(operation, endpoint));
  const symptoms = run === null ? [] : findSymptoms(run).filter((symptom) => wanted(symptom.endpoint));
  const seen: FileHits = index === null ? NO_HITS : await reviewFiles(index, rules, deps);
  const notices = [...joined, ...seen.notices];
  const own = new Set(request.ownRules?.map(({ id }) => id));
  // Who names rules asks for what they match.
  const trust = request.rules.length > 0 ? () => true : isTrusted;
  const standing = { isOwn: (ruleId: string) => own.has(ruleId), isTrusted: deps.isTrusted ?? trust };
  const found = index === null ? NOTHING : await makeFindings(seen, index, symptoms, standing, notices);
  const all = found.findings;
  const isAsked = ({ reachedFrom }: Finding) => operations.length === 0 || reachedFrom.some(wanted);
  const reached = all.filter(isAsked);
  const known = request.baseline ?? new Set<string>();
  const { fresh: findings, knownCount } = splitByBaseline(reached, known);
  const leads = splitByBaseline(found.leads.filter(isAsked), known).fresh;
  const endpoints = listEndpoints({ index, run, findings, symptoms }).filter((one) => wanted(one.endpoint));
  const scope = {
    operations,
    // A run with no file to read beside it is reviewed from its measurements alone.
    root: run !== null && seen.filesReviewed === 0 ? null : (index?.root ?? null),
    filesReviewed: seen.filesReviewed,
    routes: index?.routes.length ?? 0,
    rules: rules.filter((rule) => rule.languages.some((one) => seen.languages.has(one))).map(({ id }) => id),
  };
  return {
    id: request.id,
    createdAt: deps.clock.date().toISOString(),
    runId: run?.run.id ?? null,
    role: request.role,
    findings,
    leads,
    notices: [
      ...notices,
      ...noteLeftOut(all, reached),
      ...noteKnown(knownCount),
      ...noteNoRoutes(scope.root === null ? null : index, seen),
    ],
    endpoints,
    symptoms,
    scores: scoreReview({ endpoints, findings, scope }, rules),
    suggestions: makeSuggestions(findings, seen.hits, symptoms),
    scope,
    contextTexts: request.contextTexts,
  };
}

function joinRun(run: RunResult | null, index: CodeReader | null) {
  return run === null
    ? { run, rename: (endpoint: string) => endpoint, notices: [] }
    : joinRoutes(run, index?.routes ?? []);
}

const NOTHING: Found = { findings: [], leads: [] };
const NO_HITS: FileHits = {
  hits: [],
  filesReviewed: 0,
  languages: new Set(),
  units: [],
  tasksAreLimited: false,
  notices: [],
};

/** Gives operations as `METHOD /path`; operation ids are looked up in the code and the run. */
async function resolveOperations(
  operations: readonly string[],
  index: CodeReader | null,
  run: RunResult | null,
): Promise<string[]> {
  return Promise.all(operations.map((operation) => resolveOperation(operation, index, run)));
}

async function resolveOperation(
  operation: string,
  index: CodeReader | null,
  run: RunResult | null,
): Promise<string> {
  if (operation.includes(' ')) {
    const known = [
      ...(run?.results ?? []).map(({ endpoint }) => endpoint),
      ...(index?.routes ?? []).map(showEndpoint),
    ];
    const named = operation.replace(/^[a-z]+(?= )/, (method) => method.toUpperCase());
    const match = known.find((one) => isSameOperation(one, named)) ?? bestTemplate(named, known);
    if (match === null) throw unknownOperation(operation);
    return match;
  }
  const inRun = run?.results.find((result) => result.operationId === operation)?.endpoint;
  if (inRun !== undefined) return inRun;
  const query = { method: null, path: null, operationId: operation };
  const [match] = (await index?.findHandlers(query)) ?? [];
  if (match !== undefined) return showEndpoint(match.route);
  throw unknownOperation(operation);
}

function unknownOperation(operation: string): AppError {
  return new AppError('BAD_INPUT', 'An operation is neither in the code nor in the run.', {
    hint: 'Give it as "GET /orders/{id}" or by its operation id; code_index lists the routes.',
    details: { operation },
  });
}

function noteLeftOut(all: readonly Finding[], kept: readonly Finding[]): Notice[] {
  const left = all.length - kept.length;
  if (left === 0) return [];
  return [
    { where: 'operations', message: `${left} finding(s) that these operations do not reach are left out` },
  ];
}

function noteKnown(count: number): Notice[] {
  return count === 0 ? [] : [{ where: 'baseline', message: `${count} known finding(s) are left out` }];
}

function noteNoRoutes(index: CodeReader | null, { filesReviewed }: FileHits): Notice[] {
  if (index === null || index.routes.length > 0) return [];
  const message =
    filesReviewed === 0
      ? 'no file here is code of a service that these rules read; give another path, or a run'
      : 'no routes were found: calls are told as leads, and findings are not weighed by the operations that reach them';
  return [{ where: 'code', message }];
}
