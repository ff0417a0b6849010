import {
  completable,
  type McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Completion, Prompt, PromptArgument } from '../prompts/prompt.ts';
import type { ResourceFamily } from '../resources/resource.ts';
import { narrowOffers, offerDocuments, offerDrills, offerOperations } from '../tools/session/offers.ts';
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
    new ResourceTemplate(family.uriTemplate, { list, complete: completersOf(family, session) }),
    metadata,
    (uri, variables) => read(uri, onlyText(variables)),
  );
}

/** For each variable of the template. */
function completersOf(
  family: ResourceFamily,
  session: Session,
): NonNullable<ConstructorParameters<typeof ResourceTemplate>[1]['complete']> {
  const names = [...family.uriTemplate.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (typed: string, context?: { readonly arguments?: Readonly<Record<string, string>> }) =>
        narrowOffers(await family.complete(name, context?.arguments ?? {}, await session.openStore()), typed),
    ]),
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
export function registerPrompt(server: McpServer, prompt: Prompt, session: Session): void {
  const shape = Object.fromEntries(prompt.args.map((arg) => [arg.name, schemaOf(arg, session)]));
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

const OFFERS: Readonly<
  Record<
    Completion,
    (session: Session, others: Readonly<Record<string, string>>) => Promise<readonly string[]>
  >
> = {
  document: offerDocuments,
  operation: (session, { spec }) => offerOperations(session, spec),
  drill: offerDrills,
};

function schemaOf({ description, required, completes }: PromptArgument, session: Session) {
  const text = z.string().describe(description);
  const offered =
    completes === undefined
      ? text
      : completable(text, async (typed, context) =>
          narrowOffers(await OFFERS[completes](session, context?.arguments ?? {}), typed),
        );
  return required ? offered : offered.optional().describe(description);
}
