import type { Random } from '../../random.ts';
import type { Call, HttpMethod, JsonValue, Notice, StringMap } from '../../types.ts';
import type { OpenApiDocument, Operation, OperationBody, OperationParameter } from '../../types-openapi.ts';
import { DEFAULT_TIMEOUT_MS } from '../file/read-call.ts';
import { isRecord } from '../openapi/json.ts';
import { openSchema } from '../openapi/schema.ts';
import { findMisfit } from './check-sample.ts';
import { freshenBody } from './fresh-body.ts';
import { sampleValue } from './sample.ts';
import { type GivenSecurity, listAuth } from './security.ts';
import { endpointOf } from './select.ts';
import { toBody, toPlain, toQuery } from './serialize.ts';

const WITHOUT_BODY: readonly HttpMethod[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE'];

export interface RequestDeps {
  readonly document: OpenApiDocument;
  readonly baseUrl: string;
  readonly pathValues: StringMap;
  readonly security: GivenSecurity;
  readonly random: Random;
}

export interface BuiltRequest {
  readonly call: Call;
  /** Values for the `{name}` parts of the URL. */
  readonly segments: StringMap;
  readonly notices: readonly Notice[];
}

/** Builds a request that the service accepts, from what the document states and else from its schemas. */
export function buildRequest(operation: Operation, deps: RequestDeps): BuiltRequest {
  const notices: Notice[] = [];
  const where = endpointOf(operation);
  const note = (message: string) => notices.push({ where, message });
  const makeValue = (parameter: OperationParameter): JsonValue => {
    const { example, schema, name } = parameter;
    const value = example ?? sampleValue(schema, name, { root: deps.document.root, random: deps.random });
    const misfit = findMisfit(value, schema, deps.document.root);
    if (misfit !== null) note(`the value made for "${name}" may not be accepted: ${misfit}.`);
    return value;
  };
  const given = (place: OperationParameter['place']) =>
    operation.parameters.filter(
      (parameter) => parameter.place === place && isSent(parameter, deps.document.root),
    );
  const query = given('query').flatMap((parameter) => toQuery(parameter, makeValue(parameter)));
  const cookies = given('cookie').map(
    (parameter) => `${parameter.name}=${toPlain(parameter, makeValue(parameter))}`,
  );
  const body = buildBody(operation, deps, note);
  const headers = {
    ...(body !== null && { 'Content-Type': body.contentType }),
    ...Object.fromEntries(
      given('header').map((parameter) => [parameter.name, toPlain(parameter, makeValue(parameter))]),
    ),
    ...(cookies.length > 0 && { Cookie: cookies.join('; ') }),
  };
  const segments = given('path').map((parameter): [string, string] => [
    parameter.name,
    deps.pathValues[parameter.name] ?? toPlain(parameter, makeValue(parameter)),
  ]);
  const auth = listAuth(operation, deps.security);
  return {
    call: {
      method: operation.method,
      url: `${deps.baseUrl}${encodePath(operation.path)}${query.length === 0 ? '' : `?${query.join('&')}`}`,
      headers,
      body: body?.text ?? null,
      timeoutMs: DEFAULT_TIMEOUT_MS,
      operationId: operation.operationId,
      ...(auth.length > 0 && { auth }),
    },
    segments: Object.fromEntries(segments),
    notices,
  };
}

/** Required parameters are sent, and those for which the document states a value. */
function isSent({ required, example, schema }: OperationParameter, root: JsonValue): boolean {
  if (required || example !== undefined) return true;
  return openSchema(schema, root).schema.example !== undefined;
}

function buildBody(
  { method, requestBody }: Operation,
  { document, random }: RequestDeps,
  note: (message: string) => void,
): { readonly contentType: string; readonly text: string } | null {
  if (requestBody === null || WITHOUT_BODY.includes(method)) return null;
  const value = requestBody.example ?? sampleBody(requestBody, { root: document.root, random });
  const sent = method === 'POST' ? freshenBody(value, requestBody.schema, document.root) : value;
  const body = toBody(requestBody, sent, document.root);
  if (body === null) {
    if (requestBody.required) note(`a body of type ${requestBody.mediaType} is not made; the call has none.`);
    return null;
  }
  const misfit = findMisfit(value, requestBody.schema, document.root);
  if (misfit !== null) note(`the body made may not be accepted: ${misfit}.`);
  return body;
}

function sampleBody(
  { schema }: OperationBody,
  deps: { readonly root: JsonValue; readonly random: Random },
): JsonValue {
  const opened = openSchema(schema, deps.root).schema;
  // A schema that allows anything is met by an empty object, which most services read.
  const free = Object.keys(opened).every((key) => ['title', 'description'].includes(key));
  return free || !isRecord(opened) ? {} : sampleValue(schema, 'body', deps);
}

/** Encodes what may not stand in a URL, but keeps the braces of the template. */
function encodePath(path: string): string {
  return path.replace(/[^\w\-.~!$&'()*+,;=:@/%{}]/gu, (char) => encodeURIComponent(char));
}
