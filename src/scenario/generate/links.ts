import type { Call, Notice, OpenApiDocument, Operation, SetupCall, StringMap } from '../../types.ts';
import { own, recordOf } from '../openapi/json.ts';
import { listTemplateNames } from '../openapi/parameters.ts';
import { formatPointer } from '../openapi/place.ts';
import { openSchema } from '../openapi/schema.ts';
import { type BuiltRequest, buildRequest, type RequestDeps } from './request.ts';
import { endpointOf } from './select.ts';

export interface LinkedRequest extends BuiltRequest {
  readonly setup: readonly SetupCall[];
  readonly teardown: readonly Call[];
}

interface Link {
  readonly creator: Operation;
  readonly pointer: string;
  /** Why the pointer is thought to lead to the value; `null` when the document says so. */
  readonly guess: string | null;
}

/**
 * Builds a request whose path values come from what the service itself creates: for `GET /users/{user_id}` and
 * a `POST /users`, that call is made beforehand and its answer's id captured. Where nothing creates the thing,
 * the value is the example or a sample.
 */
export function buildLinkedRequest(
  operation: Operation,
  deps: RequestDeps,
  includeDelete: boolean,
): LinkedRequest {
  const built = buildRequest(operation, deps);
  const setup: SetupCall[] = [];
  const teardown: Call[] = [];
  const notices: Notice[] = [...built.notices];
  let segments: StringMap = built.segments;
  const where = endpointOf(operation);
  for (const name of listTemplateNames(operation.path)) {
    if (deps.pathValues[name] !== undefined) continue;
    const link = isStated(name, operation) ? null : findLink(name, operation, deps.document);
    if (link === null) {
      if (!isStated(name, operation)) notices.push({ where, message: noteSample(name, segments) });
      continue;
    }
    const creation = buildRequest(link.creator, deps);
    setup.push({ ...creation.call, capture: { [name]: link.pointer } });
    segments = { ...creation.segments, ...segments };
    notices.push({ where, message: noteLink(name, link) });
    const remover = includeDelete ? findRemover(name, operation, deps.document) : undefined;
    if (remover !== undefined) teardown.unshift(buildRequest(remover, deps).call);
  }
  return { ...built, segments, setup, teardown, notices };
}

function isStated(name: string, { parameters }: Operation): boolean {
  return parameters.some(
    (parameter) => parameter.place === 'path' && parameter.name === name && parameter.example !== undefined,
  );
}

function noteSample(name: string, segments: StringMap): string {
  return `nothing in the document creates {${name}}; "${segments[name] ?? ''}" is a guess. Give path_values for a value that exists.`;
}

function noteLink(name: string, { creator, pointer, guess }: Link): string {
  const found = `{${name}} comes from ${endpointOf(creator)}, made once before each scenario (${pointer} of its answer)`;
  return guess === null ? `${found}.` : `${found}; ${guess}.`;
}

function findLink(name: string, operation: Operation, document: OpenApiDocument): Link | null {
  return findDeclaredLink(name, operation, document) ?? findCreator(name, operation, document);
}

/** A `links` entry of a POST's answer that names this operation and parameter. */
function findDeclaredLink(name: string, { operationId }: Operation, document: OpenApiDocument): Link | null {
  for (const creator of document.operations) {
    if (creator.method !== 'POST') continue;
    const links = creator.responses.flatMap((response) => response.links);
    const link = links.find((candidate) => candidate.operationId === operationId && operationId !== null);
    const expression = link?.parameters[name];
    const pointer = /^\$response\.body#(\/.*)$/.exec(expression ?? '')?.[1];
    if (pointer !== undefined) return { creator, pointer, guess: null };
  }
  return null;
}

/** The POST to the collection in which `{name}` stands: `/users` or `/users/` for `/users/{user_id}/…`. */
function findCreator(name: string, operation: Operation, document: OpenApiDocument): Link | null {
  const collection = collectionOf(name, operation.path);
  if (collection === null) return null;
  const creator = document.operations.find(
    (candidate) =>
      candidate.method === 'POST' && candidate !== operation && withoutSlash(candidate.path) === collection,
  );
  return creator === undefined ? null : { creator, ...findPointer(name, collection, creator, document) };
}

function findRemover(name: string, { path }: Operation, document: OpenApiDocument): Operation | undefined {
  const collection = collectionOf(name, path);
  return document.operations.find(
    (candidate) =>
      candidate.method === 'DELETE' && withoutSlash(candidate.path) === `${collection}/{${name}}`,
  );
}

function collectionOf(name: string, path: string): string | null {
  const end = path.indexOf(`/{${name}}`);
  return end <= 0 ? null : path.slice(0, end);
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

function findPointer(
  name: string,
  collection: string,
  creator: Operation,
  document: OpenApiDocument,
): Pick<Link, 'pointer' | 'guess'> {
  const answer = creator.responses.find(({ status, schema }) => /^2/.test(status) && schema !== null);
  const properties = recordOf(openSchema(answer?.schema ?? {}, document.root).schema.properties);
  const inner = recordOf(openSchema(own(properties, 'data'), document.root).schema.properties);
  const names = listIdNames(name, collection);
  const found = names.find((key) => Object.hasOwn(properties, key));
  if (found !== undefined) return { pointer: formatPointer([found]), guess: null };
  const nested = names.find((key) => Object.hasOwn(inner, key));
  if (nested !== undefined) return { pointer: formatPointer(['data', nested]), guess: null };
  return { pointer: '/id', guess: 'that is a guess, since the document does not say what it answers' };
}

/** Names under which an answer may hold the id: `user_id`, `id`, `userId`, `uuid`. */
function listIdNames(name: string, collection: string): readonly string[] {
  const resource = (collection.split('/').at(-1) ?? '').replace(/ies$/, 'y').replace(/s$/, '');
  return [name, 'id', `${resource}_id`, `${resource}Id`, 'uuid', '_id'];
}
