import {
  type GetPromptRequest,
  type GetPromptResult,
  type ListPromptsResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Prompt } from '../prompts/prompt.ts';
import { quote } from '../units.ts';

/** Lists the prompts with their arguments. */
export function listPrompts(prompts: readonly Prompt[]): ListPromptsResult {
  return {
    prompts: prompts.map(({ name, title, description, args }) => ({
      name,
      title,
      description,
      arguments: args.map((arg) => ({
        name: arg.name,
        description: arg.description,
        required: arg.required,
      })),
    })),
  };
}

/**
 * Gives the text of a prompt, as the user's message.
 *
 * @throws ProtocolError InvalidParams for an unknown prompt, or without an argument that it needs.
 */
export function getPrompt(
  { name, arguments: given = {} }: GetPromptRequest['params'],
  prompts: readonly Prompt[],
): GetPromptResult {
  const prompt = findPrompt(name, prompts);
  const missing = prompt.args.find((arg) => arg.required && given[arg.name] === undefined);
  if (missing !== undefined) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `The prompt ${name} needs the argument ${missing.name}: ${missing.description}.`,
    );
  }
  return { messages: [{ role: 'user', content: { type: 'text', text: prompt.render(given) } }] };
}

/**
 * Finds a prompt by its name.
 *
 * @throws ProtocolError InvalidParams when there is none.
 */
export function findPrompt(name: string, prompts: readonly Prompt[]): Prompt {
  const found = prompts.find((prompt) => prompt.name === name);
  if (found !== undefined) return found;
  const names = prompts.map((prompt) => prompt.name).join(', ');
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no prompt ${quote(name)}; those served are ${names || 'none'}.`,
  );
}
