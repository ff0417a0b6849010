import type { Validator } from '@seriousme/openapi-schema-validator';
import type { ErrorObject } from 'ajv';
import { quote } from '../../units.ts';
import type { JsonRecord } from './json.ts';
import type { NoticeList } from './notices.ts';
import { formatPlace, type Place, parsePointer } from './place.ts';

/** Breaches of the specification that are listed; one slip often raises many. */
const MAX_BREACHES = 20;

/** Says what in a document breaks the specification of its version; it is used all the same where it can be. */
export async function noteBreaches(root: JsonRecord, notices: NoticeList): Promise<void> {
  validator ??= loadValidator();
  const { errors } = await (await validator).validate({ ...root });
  // Text stands for unresolved references, which reading the parts reports with their place.
  if (errors === undefined || typeof errors === 'string') return;
  for (const { place, message } of listBreaches(errors).slice(0, MAX_BREACHES)) notices.add(place, message);
}

/** One for the process: compiling the specification's schema takes longer than checking a document by it. */
let validator: Promise<Validator> | null = null;

async function loadValidator(): Promise<Validator> {
  // Loaded late: with Ajv it is heavy, and most starts of the server read no document.
  const library = await import('@seriousme/openapi-schema-validator');
  return new library.Validator({ allErrors: true });
}

interface Breach {
  readonly place: Place;
  readonly message: string;
}

/** Turns Ajv's errors into sentences, the innermost of each place and no echo of the outer alternatives. */
export function listBreaches(errors: readonly ErrorObject[]): readonly Breach[] {
  const telling = errors.filter((error) => !ECHOES.has(error.keyword) && !isReferenceDemand(error));
  const source = telling.length > 0 ? telling : errors;
  const deepest = source.filter(
    (error) => !source.some((other) => other.instancePath.startsWith(`${error.instancePath}/`)),
  );
  const seen = new Map<string, Breach>();
  for (const error of deepest) {
    const breach = { place: toPlace(error.instancePath), message: describe(error) };
    seen.set(`${formatPlace(breach.place)} ${breach.message}`, breach);
  }
  return [...seen.values()];
}

/** Keywords that only say that one of the alternatives below them failed. */
const ECHOES = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'if', '$ref', 'dependentSchemas']);

/** Each alternative to a thing is a reference to one, whose `$ref` is then "missing": that is noise. */
function isReferenceDemand(error: ErrorObject): boolean {
  return error.keyword === 'required' && error.params.missingProperty === '$ref';
}

function describe(error: ErrorObject): string {
  const { params } = error;
  switch (error.keyword) {
    case 'required':
      return `'${params.missingProperty}' is missing.`;
    case 'additionalProperties':
      return `${quote(params.additionalProperty)} is not known there.`;
    case 'unevaluatedProperties':
      return `${quote(params.unevaluatedProperty)} is not known there.`;
    case 'type':
      return `it must be ${Array.isArray(params.type) ? params.type.join(' or ') : params.type}.`;
    case 'enum':
      return `it must be one of ${quote(params.allowedValues?.join(', '), 100)}.`;
    case 'const':
      return `it must be ${quote(params.allowedValue)}.`;
    case 'pattern':
      return `it must match ${quote(params.pattern)}.`;
    case 'format':
      return `it must be written as ${params.format}.`;
    default:
      return `it ${error.message ?? 'breaks the specification'}.`;
  }
}

function toPlace(instancePath: string): Place {
  return (parsePointer(instancePath) ?? []).map((step) =>
    /^\d+$/.test(step) && !/^[1-5]\d\d$/.test(step) ? Number(step) : step,
  );
}
