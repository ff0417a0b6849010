import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { CodeIndex } from '../../src/rag/code-index.ts';
import { indexWorkspace } from '../../src/rag/index-workspace.ts';
import { gatherContexts } from '../../src/review/gather-contexts.ts';
import { buildPatch } from '../../src/review/patch/build-patch.ts';
import { type Review, reviewCode } from '../../src/review/review.ts';

const signal = new AbortController().signal;
const root = fileURLToPath(new URL('../../examples/orders', import.meta.url));
let stateFolder = '';
let index: CodeIndex;
let review: Review;

beforeAll(async () => {
  stateFolder = mkdtempSync(join(tmpdir(), 'breakwater-review-'));
  index = await indexWorkspace(root, {
    stateFolder,
    clock: systemClock,
    signal,
    onProgress: () => undefined,
  });
  review = await reviewCode(
    { id: 'rev_1', index, run: null, operations: [], rules: [], role: 'developer', contextTexts: [] },
    { clock: systemClock, signal },
  );
});

afterAll(() => {
  index.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

test('the review of examples/orders finds what was planted, where it is, and who reaches it', () => {
  const seen = review.findings.map((one) => [one.ruleId, one.symbol, one.reachedFrom, one.severity]);
  expect(seen).toEqual([
    ['js-fetch-without-timeout', 'createPaymentsClient.postCharge', ['POST /orders'], 'high'],
    ['js-fetch-without-timeout', 'createPaymentsClient.getCharge', ['GET /orders/{order_id}'], 'high'],
    ['js-fetch-without-timeout', 'createPaymentsClient.getRewards', ['GET /orders/{order_id}'], 'high'],
    ['js-service-without-request-deadline', 'createApp', [], 'info'],
    ['service-without-metrics', 'createApp', [], 'info'],
  ]);
  // Its record is too short: a run that counts the retries makes it a finding.
  expect(review.leads.map(({ ruleId, symbol }) => [ruleId, symbol])).toEqual([
    ['retry-without-bound', 'createPaymentsClient.createCharge'],
    ['js-sequential-reads', 'ordersRouter'],
    ['service-without-circuit-breaker', 'createApp'],
  ]);
});

test('all its fixes together are one patch that parses', async () => {
  const told = [...review.findings, ...review.leads];
  const fixes = told.flatMap((finding) => finding.fix ?? []);
  const patch = await buildPatch(
    {
      id: 'pat_1',
      title: 'all fixes',
      root,
      findingIds: told.map((finding) => finding.id),
      source: {
        kind: 'edits',
        edits: fixes.flatMap((fix) => fix.edits),
        base: Object.assign({}, ...fixes.map((fix) => fix.base)),
      },
    },
    {
      readFile: (file) => index.readText(file),
      findUses: async (files) => files.map((file) => index.findUses(file)),
      clock: systemClock,
      signal,
    },
  );
  expect(patch.files.map((file) => file.file)).toEqual(['src/payments-client.js', 'src/routes/orders.js']);
  expect(patch.diff.match(/^\+.*AbortSignal\.timeout/gm)).toHaveLength(3);
});

test('the code of its brief is each shown once, with the handlers that reach the findings', async () => {
  const contexts = await gatherContexts(review, index);
  const pieces = contexts.flatMap((context) => context.pieces);
  const within = (line: number, file: string) =>
    pieces.filter((piece) => piece.file === file && piece.startLine <= line && line <= piece.endLine);
  for (const { place } of review.findings.slice(0, 5))
    expect(within(place.startLine, place.file)).toHaveLength(1);
  for (const { handler, findingIds } of review.endpoints) {
    if (handler !== null && findingIds.length > 0)
      expect(within(handler.startLine, handler.file)).toHaveLength(1);
  }
  const clients = contexts.flatMap((context) => context.clients.map(({ startLine }) => startLine));
  expect(clients).toEqual([...new Set(clients)]);
});
