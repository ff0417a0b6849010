import type { Config } from '../../config.ts';
import { toAppError } from '../../errors.ts';
import type { Item, Notice, Scenario } from '../../types.ts';
import type { OpenApiDocument } from '../../types-openapi.ts';
import { readDocument } from './read-document.ts';

export interface WithSchemas {
  readonly scenarios: readonly Scenario[];
  /** Items whose schema could not be had, and why. */
  readonly notices: readonly Notice[];
}

/** Gives the items that have to match a schema, and state none, the one that their document declares. */
export async function addBodySchemas(
  scenarios: readonly Scenario[],
  config: Config,
  signal: AbortSignal,
): Promise<WithSchemas> {
  if (!scenarios.some(({ items }) => items.some(isOpen))) return { scenarios, notices: [] };
  const { findResponseSchema } = await import('../../scenario/openapi/response-schema.ts');
  const documents = new Map<string, Promise<OpenApiDocument>>();
  const notices: Notice[] = [];
  const complete = async (item: Item, { config: own, title }: Scenario): Promise<Item> => {
    const spec = own.spec ?? config.spec;
    if (!isOpen(item) || spec === null) return item;
    const reading = documents.get(spec) ?? readDocument(spec, config, signal);
    documents.set(spec, reading);
    try {
      const found = findResponseSchema(await reading, item.call, item.expect);
      if ('schema' in found) return { ...item, expect: { ...item.expect, bodySchema: found.schema } };
      notices.push({ where: title, message: `body_matches_schema: ${found.reason}.` });
    } catch (error) {
      notices.push({ where: title, message: `body_matches_schema: ${toAppError(error).message}` });
    }
    return item;
  };
  const completed: Scenario[] = [];
  for (const scenario of scenarios) {
    const items: Item[] = [];
    for (const item of scenario.items) items.push(await complete(item, scenario));
    completed.push({ ...scenario, items });
  }
  return { scenarios: completed, notices };
}

function isOpen({ expect }: Item): boolean {
  return expect.bodyMatchesSchema && expect.bodySchema === undefined;
}
