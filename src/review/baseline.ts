import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Finding } from '../types-code.ts';

const baseline = z.strictObject({
  version: z.literal(1),
  findings: z.array(z.strictObject({ id: z.string(), rule: z.string(), file: z.string() })),
});

/** Ids of findings that are known and accepted. */
export type Baseline = ReadonlySet<string>;

/** Findings that a baseline leaves, and how many it knew. */
export interface BaselineSplit {
  readonly fresh: readonly Finding[];
  readonly knownCount: number;
}

/**
 * Reads a baseline file.
 *
 * @throws AppError BAD_INPUT when the text is not one.
 */
export function readBaseline(text: string, source: string): Baseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refuse(source, 'is not JSON', cause);
  }
  const read = baseline.safeParse(value);
  if (!read.success) throw refuse(source, 'is not a baseline of findings', read.error);
  return new Set(read.data.findings.map(({ id }) => id));
}

/** Writes findings as a baseline: sorted, so that a change of one finding is a change of one line. */
export function renderBaseline(findings: readonly Finding[]): string {
  const lines = findings
    .map(({ id, ruleId, place }) => JSON.stringify({ id, rule: ruleId, file: place.file }))
    .sort();
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
  return `{\n  "version": 1,\n  "findings": ${list}\n}\n`;
}

/** Leaves out what a baseline knows; an id stays the same when lines above a finding move. */
export function splitByBaseline(findings: readonly Finding[], known: Baseline): BaselineSplit {
  const fresh = findings.filter(({ id }) => !known.has(id));
  return { fresh, knownCount: findings.length - fresh.length };
}

function refuse(source: string, what: string, cause: unknown): AppError {
  return new AppError('BAD_INPUT', `${source} ${what}.`, {
    hint: 'Expected {"version": 1, "findings": [{"id": "…", "rule": "…", "file": "…"}]}.',
    cause,
  });
}
