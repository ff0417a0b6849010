import type { OpenApiDocument, Operation, OperationLink } from '../../types-openapi.ts';
import { own, recordOf } from '../openapi/json.ts';
import { formatPointer } from '../openapi/place.ts';
import { openSchema } from '../openapi/schema.ts';

/** A value of a path that the answer to another call holds. */
export interface CapturedLink {
  readonly creator: Operation;
  /** Where in the answer, as `capture` has it; of several the first that is there. */
  readonly places: readonly string[];
  /** Why it is thought to stand there; `null` when the document says so. */
  readonly guess: string | null;
}

/** A value that the document states. */
interface StatedLink {
  readonly creator: Operation;
  readonly value: string;
}

const LOCATION = 'header.Location';

/** Finds what gives the value of `{name}`: a link that the document declares, else the POST to its collection. */
export function findLink(
  name: string,
  operation: Operation,
  document: OpenApiDocument,
): CapturedLink | StatedLink | null {
  return findDeclaredLink(name, operation, document) ?? findCreator(name, operation, document);
}

/** The collection in which `{name}` stands: `/users` for `/users/{user_id}/…`; `null`: it stands in none. */
export function collectionOf(name: string, path: string): string | null {
  const end = path.indexOf(`/{${name}}`);
  return end <= 0 ? null : path.slice(0, end);
}

/** `/users` of `/users/`. */
export function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

/** A `links` entry of another operation's answer that names this operation and parameter; of several a POST's. */
function findDeclaredLink(
  name: string,
  operation: Operation,
  document: OpenApiDocument,
): CapturedLink | StatedLink | null {
  const creators = document.operations.filter(
    (candidate) => candidate !== operation && ['POST', 'PUT', 'GET'].includes(candidate.method),
  );
  const ordered = creators.toSorted((left, right) => rank(left) - rank(right));
  for (const creator of ordered) {
    for (const link of creator.responses.flatMap((response) => response.links)) {
      const expression = leadsTo(link, operation) ? link.parameters[name] : undefined;
      if (expression === undefined) continue;
      const place = readExpression(expression);
      if (place !== null) return { creator, places: [place], guess: null };
      if (!expression.startsWith('$')) return { creator, value: expression };
    }
  }
  return null;
}

function rank({ method }: Operation): number {
  return method === 'POST' ? 0 : 1;
}

function leadsTo({ target }: OperationLink, { operationId, method, path }: Operation): boolean {
  return 'operationId' in target
    ? target.operationId === operationId
    : target.method === method && target.path === path;
}

/** Where a runtime expression (OpenAPI 3.1 §4.8.20.3) points in an answer; `null`: elsewhere. */
function readExpression(expression: string): string | null {
  const pointer = /^\{?\$response\.body#(\/[^}]*)\}?$/.exec(expression)?.[1];
  if (pointer !== undefined) return pointer;
  const header = /^\{?\$response\.header\.([\w-]+)\}?$/.exec(expression)?.[1];
  return header === undefined ? null : `header.${header}`;
}

/** The POST to the collection in which `{name}` stands: `/users` or `/users/` for `/users/{user_id}/…`. */
function findCreator(name: string, operation: Operation, document: OpenApiDocument): CapturedLink | null {
  const collection = collectionOf(name, operation.path);
  if (collection === null) return null;
  const creator = document.operations.find(
    (candidate) =>
      candidate.method === 'POST' && candidate !== operation && withoutSlash(candidate.path) === collection,
  );
  return creator === undefined ? null : { creator, ...findPlaces(name, collection, creator, document) };
}

function findPlaces(
  name: string,
  collection: string,
  creator: Operation,
  document: OpenApiDocument,
): Pick<CapturedLink, 'places' | 'guess'> {
  const successes = creator.responses.filter(({ status }) => /^2/.test(status));
  const answer = successes.find(({ schema }) => schema !== null);
  const properties = recordOf(openSchema(answer?.schema ?? {}, document.root).schema.properties);
  const inner = recordOf(openSchema(own(properties, 'data'), document.root).schema.properties);
  const names = listIdNames(name, collection);
  const found = names.find((key) => Object.hasOwn(properties, key));
  if (found !== undefined) return { places: [formatPointer([found])], guess: null };
  const nested = names.find((key) => Object.hasOwn(inner, key));
  if (nested !== undefined) return { places: [formatPointer(['data', nested])], guess: null };
  const located = successes.some(({ headers }) => headers.some((header) => /^location$/i.test(header)));
  if (located) return { places: [LOCATION], guess: null };
  return {
    places: [...new Set(['/id', formatPointer([name]), LOCATION])],
    guess: 'that is a guess, since the document does not say what it answers',
  };
}

/** Names under which an answer may hold the id: `user_id`, `id`, `userId`, `uuid`. */
function listIdNames(name: string, collection: string): readonly string[] {
  const resource = (collection.split('/').at(-1) ?? '').replace(/ies$/, 'y').replace(/s$/, '');
  return [name, 'id', `${resource}_id`, `${resource}Id`, 'uuid', '_id'];
}
