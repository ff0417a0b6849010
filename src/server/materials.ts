import { type McpServer, ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Prompt } from '../prompts/prompt.ts';
import type { ResourceFamily } from '../resources/resource.ts';
import type { Session } from '../tools/session/session.ts';

/** Serves one family of resources. */
export function registerResources(server: McpServer, family: ResourceFamily, session: Session): void {
  const read = async (uri: URL, variables: Readonly<Record<string, string>>) => {
    const text = await family.read(variables, await session.openStore());
    if (text === null) {
      throw new ResourceNotFoundError(
        uri.href,
        `There is no resource ${uri.href}; resources/list names those that exist.`,
      );
    }
    return { contents: [{ uri: uri.href, mimeType: family.mimeTypeOf(variables), text }] };
  };
  const metadata = { title: family.title, description: family.description };
  if (!family.uriTemplate.includes('{')) {
    server.registerResource(
      family.name,
      family.uriTemplate,
      { ...metadata, mimeType: family.mimeTypeOf({}) },
      (uri) => read(uri, {}),
    );
    return;
  }
  const list = async () => ({
    resources: (await family.list(await session.openStore())).map((entry) => ({ ...entry })),
  });
  server.registerResource(
    family.name,
    new ResourceTemplate(family.uriTemplate, { list }),
    metadata,
    (uri, variables) => read(uri, onlyText(variables)),
  );
}

function onlyText(variables: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value[0] ?? ''),
    ]),
  );
}

/** Serves one prompt. */
export function registerPrompt(server: McpServer, prompt: Prompt): void {
  const shape = Object.fromEntries(
    prompt.args.map(({ name, description, required }) => [
      name,
      required ? z.string().describe(description) : z.string().optional().describe(description),
    ]),
  );
  server.registerPrompt(
    prompt.name,
    { title: prompt.title, description: prompt.description, argsSchema: z.object(shape) },
    (args: Record<string, unknown>) => {
      const texts = Object.fromEntries(
        Object.entries(args).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
      );
      return { messages: [{ role: 'user', content: { type: 'text', text: prompt.render(texts) } }] };
    },
  );
}
