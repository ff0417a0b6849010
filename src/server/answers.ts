import type {
  CallToolRequest,
  CallToolResult,
  CompleteRequest,
  CompleteResult,
  GetPromptRequest,
  GetPromptResult,
  InputRequiredResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  ListToolsResult,
  ReadResourceResult,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';
import { completeArgument } from './complete.ts';
import type { Offer } from './offer.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { listResources, listTemplates, readResource } from './resources.ts';
import { answerCall, listTools } from './tools.ts';

/** Answers to what clients ask once they know the server, each as the protocol wants it. */
export interface Answers {
  listTools(): ListToolsResult;
  callTool(
    server: Server,
    params: CallToolRequest['params'],
    context: ServerContext,
  ): Promise<CallToolResult | InputRequiredResult>;
  listResources(): Promise<ListResourcesResult>;
  listTemplates(): ListResourceTemplatesResult;
  readResource(uri: string): Promise<ReadResourceResult>;
  listPrompts(): ListPromptsResult;
  getPrompt(params: GetPromptRequest['params']): GetPromptResult;
  complete(params: CompleteRequest['params']): Promise<CompleteResult>;
}

/** Gives the answers of a server that offers `offer`. */
export function openAnswers(offer: Offer): Answers {
  const { session, resources } = offer;
  const served = new Set(offer.tools.map(({ name }) => name));
  const prompts = offer.prompts.filter(({ tools }) => tools.every((tool) => served.has(tool)));
  return {
    listTools: () => listTools(offer.tools),
    callTool: (server, params, context) => answerCall(server, params, context, offer),
    listResources: () => listResources(resources, session),
    listTemplates: () => listTemplates(resources),
    readResource: (uri) => readResource(uri, resources, session),
    listPrompts: () => listPrompts(prompts),
    getPrompt: (params) => getPrompt(params, prompts),
    complete: (params) => completeArgument(params, { resources, prompts, session }),
  };
}
