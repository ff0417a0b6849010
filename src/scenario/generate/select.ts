import { AppError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { matchPaths } from '../../path-pattern.ts';
import type { Notice } from '../../types.ts';
import type { OpenApiDocument, Operation } from '../../types-openapi.ts';
import { quote } from '../../units.ts';

/** Methods that are generated unless others are asked for. */
const USUAL_METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH'];

export interface Choice {
  /** Ids, or `GET /users/{user_id}`. */
  readonly operations: readonly string[];
  readonly tags: readonly string[];
  readonly methods: readonly string[];
  /** Patterns such as `/users/**`. */
  readonly paths: readonly string[];
  readonly includeDelete: boolean;
}

export interface Selection {
  readonly operations: readonly Operation[];
  readonly notices: readonly Notice[];
}

/** `GET /users/{user_id}`: how an operation is named for people. */
export function endpointOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/**
 * Chooses the operations that all the given filters name; what the methods alone leave out is noted.
 *
 * @throws AppError BAD_INPUT when an operation that was asked for does not exist, or none is left.
 */
export function selectOperations(document: OpenApiDocument, choice: Choice): Selection {
  if (document.operations.length === 0) throw nothingLeft(document, 'it has no operations');
  for (const name of choice.operations) checkKnown(name, document.operations);
  const isAskedPath = matchPaths(choice.paths);
  const asked = document.operations.filter(
    (operation) =>
      (choice.operations.length === 0 || choice.operations.some((name) => isNamed(operation, name))) &&
      (choice.tags.length === 0 || operation.tags.some((tag) => choice.tags.includes(tag))) &&
      (choice.paths.length === 0 || choice.paths.includes(operation.path) || isAskedPath(operation.path)),
  );
  const left = asked.map((operation) => ({ operation, reason: reasonToLeaveOut(operation, choice) }));
  const operations = left.flatMap(({ operation, reason }) => (reason === null ? [operation] : []));
  if (operations.length === 0) throw nothingLeft(document, 'no operation passes the filters');
  const notices = left.flatMap(({ operation, reason }) =>
    reason === null || reason === '' ? [] : [{ where: endpointOf(operation), message: reason }],
  );
  return { operations, notices };
}

/** `null`: it stays; empty: it was filtered out by the caller, which needs no notice. */
function reasonToLeaveOut({ method }: Operation, { methods, includeDelete }: Choice): string | null {
  const asked = methods.map((name) => name.toUpperCase());
  if (asked.length > 0 && !asked.includes(method)) return '';
  if (method === 'DELETE')
    return includeDelete ? null : 'left out: DELETE is only called with include_delete.';
  if (asked.length > 0 || USUAL_METHODS.includes(method)) return null;
  return `left out: ${method} is only called when "methods" names it.`;
}

function isNamed(operation: Operation, name: string): boolean {
  return operation.operationId === name || endpointOf(operation).toLowerCase() === name.trim().toLowerCase();
}

function checkKnown(name: string, operations: readonly Operation[]): void {
  if (operations.some((operation) => isNamed(operation, name))) return;
  const known = operations.flatMap((operation) => [operation.operationId ?? '', endpointOf(operation)]);
  throw new AppError('BAD_INPUT', `operations: there is no operation ${quote(name)} in the document.`, {
    hint: `The nearest known one is "${nearest(
      name,
      known.filter((entry) => entry !== ''),
    )}".`,
  });
}

function nothingLeft(document: OpenApiDocument, why: string): AppError {
  const known = document.operations.slice(0, 10).map(endpointOf).join(', ');
  return new AppError('BAD_INPUT', `There is nothing to generate from ${document.source}: ${why}.`, {
    hint:
      known === ''
        ? 'Give a document that has paths.'
        : `It has ${document.operations.length} operations: ${known}.`,
  });
}
