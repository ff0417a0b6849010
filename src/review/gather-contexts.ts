import type { CodeContext } from '../rag/code-index.ts';
import type { CodeReader } from '../rag/code-reader.ts';
import { buildContext } from '../rag/context.ts';
import type { CodeRange } from '../types-code.ts';
import type { Review } from './review-nouns.ts';

const MAX_FINDINGS = 5;
const MAX_HANDLERS = 3;
const TOKENS_OF_ONE = 800;
/** Of a longer function only the lines around the finding are shown. */
const MAX_WHOLE_LINES = 60;
const LINES_AROUND = 20;

/**
 * Gives the code that a brief shows: around the weightiest findings, then the handlers that reach them or were
 * measured to be weak; what one of them shows already is not shown again.
 */
export async function gatherContexts(review: Review, index: CodeReader): Promise<readonly CodeContext[]> {
  const contexts: CodeContext[] = [];
  const addUpTo = async (limit: number, places: readonly CodeRange[]) => {
    for (const place of places) {
      if (contexts.length >= limit) return;
      if (contexts.some(({ pieces }) => pieces.some((piece) => holds(piece, place)))) continue;
      const around = await rangeAround(place, index);
      contexts.push(withoutShown(await buildContext(index, around, OPTIONS), contexts));
    }
  };
  await addUpTo(
    MAX_FINDINGS,
    review.findings.map(({ place }) => place),
  );
  const weak = review.endpoints.filter((one) => one.findingIds.length > 0 || one.symptoms.length > 0);
  await addUpTo(
    contexts.length + MAX_HANDLERS,
    weak.flatMap(({ handler }) => (handler === null ? [] : [handler])),
  );
  return contexts;
}

const OPTIONS = { depth: 1, budgetTokens: TOKENS_OF_ONE };

async function rangeAround(place: CodeRange, index: CodeReader): Promise<CodeRange> {
  const whole = (await index.enclosingSymbol(place)) ?? place;
  if (whole.endLine - whole.startLine < MAX_WHOLE_LINES) return whole;
  return {
    file: place.file,
    startLine: Math.max(whole.startLine, place.startLine - LINES_AROUND),
    endLine: Math.min(whole.endLine, place.endLine + LINES_AROUND),
  };
}

function withoutShown(context: CodeContext, before: readonly CodeContext[]): CodeContext {
  const shown = before.flatMap(({ pieces }) => pieces);
  const named = new Set(
    before.flatMap(({ clients }) => clients.map(({ file, startLine }) => `${file}:${startLine}`)),
  );
  return {
    ...context,
    pieces: context.pieces.filter((piece) => !shown.some((other) => holds(other, piece))),
    clients: context.clients.filter(({ file, startLine }) => !named.has(`${file}:${startLine}`)),
  };
}

function holds(outer: CodeRange, inner: CodeRange): boolean {
  return outer.file === inner.file && outer.startLine <= inner.startLine && outer.endLine >= inner.endLine;
}
