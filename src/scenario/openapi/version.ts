import { AppError } from '../../errors.ts';
import { quote } from '../../units.ts';
import { isRecord, type JsonRecord, own } from './json.ts';

const HINT = 'Give an OpenAPI 3.0, 3.1 or 3.2 document, or a Swagger 2.0 one.';

/** Version of documents that are converted first. */
export const SWAGGER = '2.0';

export interface CheckedRoot {
  readonly root: JsonRecord;
  readonly specVersion: string;
}

/**
 * Gives the document's root and version.
 *
 * @throws AppError OPENAPI_INVALID that says what the thing is when it is no document that is read.
 */
export function checkVersion(value: unknown, source: string): CheckedRoot {
  if (!isRecord(value)) {
    const kind = Array.isArray(value) ? 'a list' : value === null ? 'nothing' : `a ${typeof value}`;
    throw refuse(`${source}: this is ${kind}, not an OpenAPI document.`);
  }
  const swagger = own(value, 'swagger');
  if (swagger === '2.0' || swagger === 2) return { root: value, specVersion: SWAGGER };
  const version = own(value, 'openapi');
  // YAML reads an unquoted 3.1 as a number.
  const text = typeof version === 'number' ? String(version) : version;
  if (typeof text !== 'string') throw refuse(`${source}: ${describeOther(value)}`);
  if (!/^3\.[012](\D|$)/.test(text)) {
    throw refuse(`${source}: openapi: ${quote(text)} is not read; versions 3.0, 3.1 and 3.2 are.`);
  }
  return { root: value, specVersion: text };
}

function describeOther(value: JsonRecord): string {
  const swagger = own(value, 'swagger');
  if (swagger !== undefined) {
    return `this is Swagger ${quote(swagger)}; of Swagger only version 2.0 is read.`;
  }
  if (own(value, 'asyncapi') !== undefined) return 'this is an AsyncAPI document, not an OpenAPI document.';
  if (isRecord(own(value, 'info')) && Array.isArray(own(value, 'item'))) {
    return 'this looks like a Postman collection, not an OpenAPI document.';
  }
  if (own(value, '$schema') !== undefined) return 'this looks like a JSON Schema, not an OpenAPI document.';
  const keys = Object.keys(value)
    .slice(0, 5)
    .map((key) => quote(key, 30));
  const seen = keys.length === 0 ? 'it is empty' : `its keys are ${keys.join(', ')}`;
  return `this is no OpenAPI document: there is no "openapi" version at its top, ${seen}.`;
}

function refuse(message: string): AppError {
  return new AppError('OPENAPI_INVALID', message, { hint: HINT });
}
