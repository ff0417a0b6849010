import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { CHOICES, DEFAULTS } from './asked-forms.ts';

type Requests = NonNullable<InputRequiredResult['inputRequests']>;
type Form = Parameters<typeof inputRequired.elicit>[0]['requestedSchema'];

const NAME = formOf('name');
const elicit = (message: string, requestedSchema: Form) => inputRequired.elicit({ message, requestedSchema });
const sample = (text: string, maxTokens = 100) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text } }], maxTokens });

/** Tools that ask the user, the model or the client before they answer. */
export function registerAskingTools(server: McpServer, state: RequestStateCodec<string>): void {
  const ask = (name: string, requests: Requests) => askWith(server, name, z.object({}), () => requests);
  ask('test_input_required_result_elicitation', { user_name: elicit('What is your name?', NAME) });
  ask('test_input_required_result_sampling', { capital_question: sample('What is the capital of France?') });
  ask('test_input_required_result_list_roots', { client_roots: inputRequired.listRoots() });
  ask('test_elicitation_sep1034_defaults', { form: elicit('Defaults', DEFAULTS) });
  ask('test_elicitation_sep1330_enums', { form: elicit('Choices', CHOICES) });
  ask('test_streaming_elicitation', { user_name: elicit('What is your name?', NAME) });
  askWith(server, 'test_sampling', z.object({ prompt: z.string() }), ({ prompt = '' }) => ({
    answer: sample(prompt),
  }));
  askWith(server, 'test_elicitation', z.object({ message: z.string() }), ({ message = '' }) => ({
    form: elicit(message, formOf('username', 'email')),
  }));
  ask('test_missing_capability', { answer: sample('Anything') });
  server.registerTool('test_input_required_result_capabilities', { description: 'Asks' }, (context) => {
    if (context.mcpReq.inputResponses !== undefined) return say('asked');
    const declared = capabilitiesOf(context);
    const inputRequests: Requests = {
      ...('sampling' in declared ? { greeting: sample('Generate a greeting') } : {}),
      ...('elicitation' in declared ? { user_name: elicit('What is your name?', NAME) } : {}),
    };
    return inputRequired({ inputRequests });
  });
  registerRounds(server, state);
}

/** Tools whose later rounds know from signed state what the earlier ones were. */
function registerRounds(server: McpServer, state: RequestStateCodec<string>): void {
  const inRounds = (name: string, rounds: readonly Requests[]) =>
    server.registerTool(name, { description: 'Asks' }, async ({ mcpReq }) => {
      const done = Number(mcpReq.requestState<string>() ?? 0);
      const answered = Object.keys(mcpReq.inputResponses ?? {});
      const inputRequests =
        rounds[Object.keys(rounds[done] ?? {}).every((key) => answered.includes(key)) ? done + 1 : done];
      if (inputRequests === undefined) return say('state-ok');
      return inputRequired({
        inputRequests,
        requestState: await state.mint(String(rounds.indexOf(inputRequests))),
      });
    });
  const confirm = {
    confirm: elicit('Please confirm', {
      type: 'object',
      properties: { ok: { type: 'boolean' } },
      required: ['ok'],
    }),
  };
  inRounds('test_input_required_result_request_state', [confirm]);
  inRounds('test_input_required_result_tampered_state', [confirm]);
  inRounds('test_input_required_result_multiple_inputs', [
    {
      user_name: elicit('What is your name?', NAME),
      greeting: sample('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
  ]);
  inRounds('test_input_required_result_multi_round', [
    { step1: elicit('Step 1: What is your name?', NAME) },
    { step2: elicit('Step 2: What is your favorite color?', formOf('color')) },
  ]);
}

/** A tool that says what was answered, once all that it asks for is there. */
function askWith(
  server: McpServer,
  name: string,
  inputSchema: z.ZodObject<Record<string, z.ZodString>>,
  requestsFor: (args: Readonly<Record<string, string>>) => Requests,
): void {
  server.registerTool(name, { description: 'Asks', inputSchema }, (args, { mcpReq }) => {
    const requests = requestsFor(args);
    const given = mcpReq.inputResponses ?? {};
    if (Object.keys(requests).some((key) => given[key] === undefined))
      return inputRequired({ inputRequests: requests });
    return say(
      Object.keys(requests)
        .map((key) => JSON.stringify(given[key]))
        .join(' '),
    );
  });
}

function capabilitiesOf({ mcpReq }: ServerContext): object {
  const envelope: Readonly<Record<string, unknown>> = mcpReq.envelope ?? {};
  return z.looseObject({}).catch({}).parse(envelope[CLIENT_CAPABILITIES_META_KEY]);
}

function formOf(...names: readonly string[]): Form {
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    required: [...names],
  };
}

function say(text: string) {
  return { content: [{ type: 'text' as const, text }] };
}
