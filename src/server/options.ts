import type { Prompt } from '../prompts/prompt.ts';
import type { ResourceFamily } from '../resources/resource.ts';
import type { Session } from '../tools/session/session.ts';
import type { AnyTool } from '../tools/tool.ts';

export interface ServerOptions {
  readonly version: string;
  readonly session: Session;
  readonly tools: readonly AnyTool[];
  readonly resources: readonly ResourceFamily[];
  readonly prompts: readonly Prompt[];
  /** Give the facts of each answer as `structuredContent` too; some hosts then hide the text from the model. */
  readonly structuredOutput: boolean;
}
