import type { z } from 'zod';
import type { Answer, Question } from './session/answer.ts';
import type { Session } from './session/session.ts';

/** What a tool may use, besides its arguments. */
export interface ToolContext {
  readonly session: Session;
  /** Aborts when the host gives up waiting; it does not end a run. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number, message: string) => void;
  /** Ids of the questions that the user answered with yes. */
  readonly granted: ReadonlySet<string>;
}

/** Hints for hosts (MCP ToolAnnotations); nothing is secured by them. */
export interface ToolNature {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  readonly openWorld: boolean;
}

/** One MCP tool: one verb on one noun. The shell commands are made from the same definition. */
export interface Tool<Input extends z.ZodObject> {
  /** snake_case. */
  readonly name: string;
  readonly title: string;
  /** What it does, when to use it, what it returns; at most 2,048 characters, since hosts cut there. */
  readonly description: string;
  readonly input: Input;
  readonly nature: ToolNature;
  run(args: z.output<Input>, context: ToolContext): Promise<Answer | Question>;
}

/** A tool in a list of different tools. Its `run` takes what its own `input` has read. */
export type AnyTool = Tool<z.ZodObject>;

/** Gives the tool back with the types of its arguments inferred. */
export function defineTool<Input extends z.ZodObject>(tool: Tool<Input>): Tool<Input> {
  return tool;
}
