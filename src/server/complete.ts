import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Completion, Prompt } from '../prompts/prompt.ts';
import type { ResourceFamily } from '../resources/resource.ts';
import { narrowOffers, offerDocuments, offerDrills, offerOperations } from '../tools/session/offers.ts';
import type { Session } from '../tools/session/session.ts';
import { quote } from '../units.ts';
import { findPrompt } from './prompts.ts';

export interface Completable {
  readonly resources: readonly ResourceFamily[];
  readonly prompts: readonly Prompt[];
  readonly session: Session;
}

type Others = Readonly<Record<string, string>>;

/** As many values as the protocol allows in one answer. */
const MOST_VALUES = 100;

const OFFERS: Readonly<Record<Completion, (session: Session, others: Others) => Promise<readonly string[]>>> =
  {
    document: offerDocuments,
    operation: (session, { spec }) => offerOperations(session, spec),
    drill: offerDrills,
  };

/**
 * Gives what an argument of a prompt, or a variable of a resource's URI, can be, as far as it is typed.
 *
 * @throws ProtocolError InvalidParams when there is no such prompt or template.
 */
export async function completeArgument(
  { ref, argument, context }: CompleteRequest['params'],
  from: Completable,
): Promise<CompleteResult> {
  const others = context?.arguments ?? {};
  const offers =
    ref.type === 'ref/prompt'
      ? await offerForPrompt(ref.name, argument.name, others, from)
      : await offerForResource(ref.uri, argument.name, others, from);
  const values = narrowOffers(offers, argument.value);
  return {
    completion: {
      values: values.slice(0, MOST_VALUES),
      total: values.length,
      hasMore: values.length > MOST_VALUES,
    },
  };
}

async function offerForPrompt(
  name: string,
  argument: string,
  others: Others,
  { prompts, session }: Completable,
): Promise<readonly string[]> {
  const asked = findPrompt(name, prompts).args.find((arg) => arg.name === argument);
  return asked?.completes === undefined ? [] : OFFERS[asked.completes](session, others);
}

async function offerForResource(
  uri: string,
  variable: string,
  others: Others,
  { resources, session }: Completable,
): Promise<readonly string[]> {
  const family = resources.find(({ uriTemplate }) => uriTemplate === uri);
  if (family === undefined) {
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      `There is no template ${quote(uri)}; resources/templates/list names those that exist.`,
    );
  }
  if (!family.uriTemplate.includes(`{${variable}}`)) return [];
  return family.complete(variable, others, await session.openStore());
}
