import { z } from 'zod';
import type { CodeContext } from '../rag/code-index.ts';
import type { RunResult } from '../types-run.ts';
import type { Review } from './review-nouns.ts';

/** One sentence or paragraph of a model, with what it rests on. */
export interface CitedClaim {
  readonly text: string;
  readonly cites: readonly string[];
}

export interface ModelSection {
  readonly heading: string;
  readonly claims: readonly CitedClaim[];
}

export interface CheckedSections {
  readonly sections: readonly ModelSection[];
  /** Claims left out, since they cite nothing, or what is not there. */
  readonly dropped: number;
}

/** What may be cited: ids of findings, items and runs, and lines of files that the brief shows. */
export interface CitableFacts {
  readonly ids: ReadonlySet<string>;
  readonly lines: readonly { readonly file: string; readonly startLine: number; readonly endLine: number }[];
}

const MAX_SECTIONS = 12;
const MAX_CLAIMS = 40;
const schema = z.object({
  sections: z.array(
    z.object({
      heading: z.string(),
      claims: z.array(z.object({ text: z.string(), cites: z.array(z.string()).default([]) })),
    }),
  ),
});

/** Gathers what a model may cite in a review. */
export function listCitable(
  review: Review,
  run: RunResult | null,
  contexts: readonly CodeContext[],
): CitableFacts {
  const items = (run?.results ?? []).map((result) => result.itemId);
  return {
    ids: new Set([...review.findings.map(({ id }) => id), ...items, ...(run === null ? [] : [run.run.id])]),
    lines: [...review.findings.map(({ place }) => place), ...contexts.flatMap((context) => context.pieces)],
  };
}

/**
 * Reads a model's answer and keeps the claims that cite something, all of which is there.
 *
 * @throws SyntaxError or ZodError when the answer is not of the form that was asked for.
 */
export function checkClaims(answer: string, facts: CitableFacts): CheckedSections {
  const start = answer.indexOf('{');
  const end = answer.lastIndexOf('}');
  const read = schema.parse(JSON.parse(answer.slice(start, end + 1)));
  let dropped = 0;
  const sections = read.sections.slice(0, MAX_SECTIONS).map(({ heading, claims }) => {
    const kept = claims.filter(
      ({ text, cites }) =>
        text.trim() !== '' && cites.length > 0 && cites.every((cite) => isCitable(cite, facts)),
    );
    dropped += claims.length - kept.length;
    return { heading, claims: kept.slice(0, MAX_CLAIMS) };
  });
  return { sections: sections.filter(({ claims }) => claims.length > 0), dropped };
}

/** An id as it stands, or `file:line` and `file:first-last` within the lines shown. */
function isCitable(cite: string, { ids, lines }: CitableFacts): boolean {
  if (cite.split(/\s+/).every((part) => ids.has(part))) return true;
  const match = /^(.+):(\d+)(?:-(\d+))?$/.exec(cite.trim());
  if (match === null) return false;
  const [, file, first, last] = match;
  const from = Number(first);
  const to = Number(last ?? first);
  return lines.some(
    (shown) => shown.file === file && shown.startLine <= from && to <= shown.endLine && from <= to,
  );
}
