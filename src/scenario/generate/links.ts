import type { Call, Notice, SetupCall, StringMap } from '../../types.ts';
import type { OpenApiDocument, Operation } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import { listTemplateNames } from '../openapi/parameters.ts';
import { type CapturedLink, collectionOf, findLink, withoutSlash } from './find-link.ts';
import { type BuiltRequest, buildRequest, type RequestDeps } from './request.ts';
import { endpointOf } from './select.ts';

export interface LinkedRequest extends BuiltRequest {
  readonly setup: readonly SetupCall[];
  readonly teardown: readonly Call[];
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
    if ('value' in link) {
      segments = { ...segments, [name]: link.value };
      notices.push({
        where,
        message: `{${name}} is ${quote(link.value)}, as a link of ${endpointOf(link.creator)} says.`,
      });
      continue;
    }
    const creation = buildRequest(link.creator, deps);
    setup.push({
      ...creation.call,
      capture: { [name]: link.places.length === 1 ? (link.places[0] ?? '') : link.places },
    });
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

function noteLink(name: string, { creator, places, guess }: CapturedLink): string {
  const found = `{${name}} comes from ${endpointOf(creator)}, made once before each scenario (${places.join(' or ')} of its answer)`;
  return guess === null ? `${found}.` : `${found}; ${guess}.`;
}

function findRemover(name: string, { path }: Operation, document: OpenApiDocument): Operation | undefined {
  const collection = collectionOf(name, path);
  return document.operations.find(
    (candidate) =>
      candidate.method === 'DELETE' && withoutSlash(candidate.path) === `${collection}/{${name}}`,
  );
}
