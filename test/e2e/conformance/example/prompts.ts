import { acceptedContent, completable, inputRequired, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PNG } from './content.ts';

const WORDS = ['paris', 'park', 'party'];

/** Prompts with arguments, with content of each kind, and one that asks before it answers. */
export function registerPrompts(server: McpServer): void {
  const user = (
    content: { type: 'text'; text: string } | { type: 'image'; data: string; mimeType: string },
  ) => ({
    role: 'user' as const,
    content,
  });
  const say = (text: string) => user({ type: 'text', text });
  server.registerPrompt('test_simple_prompt', { description: 'Simple' }, () => ({
    messages: [say('This is a simple prompt for testing.')],
  }));
  const first = completable(z.string(), (typed) => WORDS.filter((word) => word.startsWith(typed)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'With arguments', argsSchema: z.object({ arg1: first, arg2: z.string() }) },
    ({ arg1, arg2 }) => ({ messages: [say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'With a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri: uri }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        say('Please process the embedded resource above.'),
      ],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'With an image' }, () => ({
    messages: [
      user({ type: 'image', data: PNG, mimeType: 'image/png' }),
      say('Please analyze the image above.'),
    ],
  }));
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks' }, (context) => {
    const given = acceptedContent(
      context.mcpReq.inputResponses,
      'user_context',
      z.object({ context: z.string() }),
    );
    if (given !== undefined) return { messages: [say(given.context)] };
    const elicit = inputRequired.elicit({
      message: 'What context should the prompt use?',
      requestedSchema: { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] },
    });
    return inputRequired({ inputRequests: { user_context: elicit } });
  });
}
