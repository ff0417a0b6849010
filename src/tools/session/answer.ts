import type { JsonValue } from '../../types.ts';
import type { VerdictValue } from '../../types-run.ts';

/** A literal call that the reader may make next. */
export interface NextCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, JsonValue>>;
}

/** What a tool says: complete as text; `facts` are the same as JSON. */
export interface Answer {
  readonly text: string;
  readonly facts: Readonly<Record<string, JsonValue>>;
  readonly next: readonly NextCall[];
  /** Set where the text may be longer than hosts take: the call that goes on, and the character to go on from. */
  readonly paged?: { readonly call: NextCall; readonly from: number };
  /** What a shell makes its exit status of; `null` where nothing was judged. */
  readonly verdict: VerdictValue | null;
}

/** Asked before something that needs the user's own yes; `id` names exactly what is consented to. */
export interface Question {
  readonly question: { readonly id: string; readonly message: string };
  /** What to do where the host cannot ask its user; `null`: go on, the user has approved it elsewhere. */
  readonly otherwise: string | null;
  /** A yes counts for the rest of the session. */
  readonly lasting: boolean;
}

/** Whether a tool asks instead of answering. */
export function isQuestion(result: Answer | Question): result is Question {
  return 'question' in result;
}
