/**
 * Measures whether the right handler is found: `bench/retrieval.ts FOLDER LABELS`, where FOLDER holds checkouts named
 * `owner+name`, and each line of LABELS is one labelled operation.
 */
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/clock.ts';
import type { CodeIndex } from '../src/rag/code-index.ts';
import { buildContext } from '../src/rag/context.ts';
import { indexWorkspace } from '../src/rag/index-workspace.ts';
import type { HttpMethod } from '../src/types.ts';
import type { HandlerMatch } from '../src/types-code.ts';

interface Label {
  readonly repo: string;
  readonly method: HttpMethod;
  readonly path: string;
  readonly specPath: string | null;
  readonly operationId: string | null;
  readonly file: string;
  readonly symbol: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly deps: readonly string[];
}

interface Score {
  operations: number;
  first: number;
  within3: number;
  wrong: number;
  none: number;
  deps: number;
  depsFound: number;
}

const [folder, labelFile] = process.argv.slice(2);
if (folder === undefined || labelFile === undefined)
  throw new Error('usage: bench/retrieval.ts FOLDER LABELS');
const labels = (await readFile(labelFile, 'utf8'))
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => JSON.parse(line) as Label);
for (const repo of new Set(labels.map((label) => label.repo))) {
  const index = await openIndex(join(folder, repo.replace('/', '+')));
  const own = labels.filter((label) => label.repo === repo);
  for (const by of ['path', 'spec path and id', 'id'] as const) {
    const score: Score = { operations: 0, first: 0, within3: 0, wrong: 0, none: 0, deps: 0, depsFound: 0 };
    for (const label of own) await scoreLabel(label, by, index, score);
    console.log(JSON.stringify({ repo, by, ...score, depShare: share(score.depsFound, score.deps) }));
  }
  index.close();
}

async function openIndex(root: string): Promise<CodeIndex> {
  const stateFolder = join(tmpdir(), 'breakwater-bench', root.replace(/\W+/g, '-'));
  const signal = new AbortController().signal;
  return indexWorkspace(root, { stateFolder, clock: systemClock, signal, onProgress: () => {} });
}

async function scoreLabel(label: Label, by: string, index: CodeIndex, score: Score): Promise<void> {
  if (by === 'id' && label.operationId === null) return;
  score.operations++;
  const byId = by === 'id';
  const matches = index.findHandlers({
    method: byId ? null : label.method,
    path: byId ? null : by === 'path' ? label.path : (label.specPath ?? label.path),
    operationId: by === 'path' ? null : label.operationId,
  });
  const rank = matches.findIndex((match) => isRight(match, label));
  if (rank === 0) score.first++;
  if (rank >= 0 && rank < 3) score.within3++;
  if (matches.length === 0) score.none++;
  else if (rank !== 0) score.wrong++;
  if (rank !== 0)
    console.log(
      `  ${by}: ${label.method} ${label.path} ${label.operationId}: rank ${rank}, seen ${matches[0]?.route.handler.file}`,
    );
  await scoreDeps(matches[0], label, index, score);
}

async function scoreDeps(
  match: HandlerMatch | undefined,
  label: Label,
  index: CodeIndex,
  score: Score,
): Promise<void> {
  score.deps += label.deps.length;
  if (match === undefined) return;
  const context = await buildContext(index, match.route.handler, { depth: 2, budgetTokens: 6000 });
  for (const dep of label.deps) {
    const [file, name] = dep.split(':');
    const found = context.pieces.some(
      (piece) =>
        piece.file === file && (piece.symbol === name || piece.symbol?.endsWith(`.${name}`) === true),
    );
    if (found) score.depsFound++;
    else console.log(`  ${label.method} ${label.path}: ${dep} is not in the context`);
  }
}

function isRight({ route }: HandlerMatch, label: Label): boolean {
  const { handler, handlerName } = route;
  if (handler.file !== label.file) return false;
  const overlaps = handler.startLine <= label.endLine && handler.endLine >= label.startLine;
  return (overlaps && Math.abs(handler.startLine - label.startLine) <= 2) || handlerName === label.symbol;
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${Math.round((part / whole) * 1000) / 10} %`;
}
