import type { Prompt } from '../prompts/prompt.ts';
import type { ResourceFamily } from '../resources/resource.ts';
import type { Session } from '../tools/session/session.ts';
import type { AnyTool } from '../tools/tool.ts';

/** What a server offers to its clients, who all share the session. */
export interface Offer {
  readonly session: Session;
  readonly tools: readonly AnyTool[];
  readonly resources: readonly ResourceFamily[];
  /** A prompt is served where all tools are that it walks through. */
  readonly prompts: readonly Prompt[];
  /** Give the facts of each answer as `structuredContent` too; some hosts then hide the text from the model. */
  readonly structuredOutput: boolean;
}
