import type { CodeReader } from '../rag/code-reader.ts';
import type { Evidence } from '../types-code.ts';
import { isEndingProgram } from './ending-programs.ts';
import type { FileHit } from './review-code-files.ts';
import type { RuleStanding } from './rule.ts';

/** What is known of a match when it is told. */
export interface SeenHit {
  readonly hit: FileHit;
  /** `null`: nobody can say what reaches it. */
  readonly reachedFrom: readonly string[] | null;
  /** Nobody waits for it, as far as calls can be followed by name. */
  readonly isLeftAlone: boolean;
  readonly evidence: readonly Evidence[];
}

/**
 * Whether a match is a lead and no finding: of a rule that was too seldom right, or too seldom seen, for a match in such
 * a place, until a measurement speaks for it; code that no operation reaches; a call that no operation is known to
 * wait for (what a call makes, a client or a server, is no such) or that is made beside what its caller does; and
 * programs that somebody runs by hand. Where no operation is known at all, the last three cannot be told.
 */
export async function isLead(
  { hit, reachedFrom, isLeftAlone, evidence }: SeenHit,
  index: CodeReader,
  isTrusted: RuleStanding['isTrusted'],
): Promise<boolean> {
  if (evidence.length > 0) return reachedFrom?.length === 0;
  const { rule, match } = hit;
  if (!isTrusted(rule.id, reachedFrom !== null) || match.leadUntilMeasured === true) return true;
  if (reachedFrom?.length === 0) return true;
  if (isLeftAlone && (match.ofOneCall === true || match.feltAt !== undefined)) return true;
  if (reachedFrom !== null || index.routes.length === 0) return false;
  if (match.ofOneCall === true) return true;
  return isEndingProgram(hit.text, hit.language) && (await index.findUses(hit.file)).length === 0;
}
