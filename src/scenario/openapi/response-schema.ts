import type { Call, Expectation, JsonSchema } from '../../types.ts';
import type { OpenApiDocument, Operation } from '../../types-openapi.ts';
import { gatherSchema } from './schema.ts';

/** A schema that stands alone, or the reason why there is none. */
export type FoundSchema = { readonly schema: JsonSchema } | { readonly reason: string };

/**
 * Finds the schema of an operation's successful answers: of those that are expected, else of all. Of several that
 * differ, one has to match.
 */
export function findResponseSchema(
  document: OpenApiDocument,
  call: Call,
  { statuses }: Expectation,
): FoundSchema {
  const operation = findOperation(document, call);
  if (operation === null) return { reason: `${document.source} has no operation ${nameOf(call)}` };
  const wanted = statuses.filter((status) => status >= 200 && status < 300).map(String);
  const successes = operation.responses.filter(({ status }) => /^2/.test(status));
  const expected = successes.filter(({ status }) => wanted.includes(status) || status === '2XX');
  const answers = expected.length > 0 ? expected : successes;
  const schemas = answers.flatMap(({ schema, mediaType }) =>
    schema !== null && /[/+]json\b/i.test(mediaType ?? '') ? [schema] : [],
  );
  if (schemas.length === 0) {
    return { reason: `${document.source} declares no JSON schema for the answers of ${nameOf(call)}` };
  }
  const different = [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
  const [first = true] = different;
  const whole = different.length === 1 ? first : { anyOf: different };
  const schema = gatherSchema(whole, document.root, 'response');
  return schema === null ? { reason: `the schema of ${nameOf(call)} is too large to check` } : { schema };
}

function findOperation({ operations }: OpenApiDocument, call: Call): Operation | null {
  const named = operations.find(
    ({ operationId }) => operationId !== null && operationId === call.operationId,
  );
  if (named !== undefined) return named;
  const path = pathOf(call);
  // The server's path stands before that of the document.
  const fitting = operations.filter(
    (operation) =>
      operation.method === call.method && (path === operation.path || path.endsWith(operation.path)),
  );
  return fitting.toSorted((left, right) => right.path.length - left.path.length)[0] ?? null;
}

function nameOf(call: Call): string {
  return call.operationId ?? `${call.method} ${pathOf(call)}`;
}

function pathOf({ url }: Call): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}
