/** A text that a user can pull into a conversation. */
export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Tools that it walks through; it is served with all of them only. */
  readonly tools: readonly string[];
  readonly args: readonly PromptArgument[];
  render(args: Readonly<Record<string, string>>): string;
}

/** What an argument names, so that a host can offer what there is. */
export type Completion = 'document' | 'operation' | 'drill';

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly completes?: Completion;
}
