import { isRecord, type JsonRecord, listOf, own, recordOf, textOf } from './json.ts';
import { lookUp } from './references.ts';

/** Keys of a 2.0 parameter that are those of a schema. */
const SCHEMA_KEYS = [
  'type',
  'format',
  'items',
  'default',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'multipleOf',
];
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
const STYLES: Readonly<Record<string, { readonly style?: string; readonly explode: boolean }>> = {
  csv: { explode: false },
  ssv: { style: 'spaceDelimited', explode: false },
  pipes: { style: 'pipeDelimited', explode: false },
  multi: { explode: true },
};

/**
 * Rewrites a Swagger 2.0 document as OpenAPI 3. `definitions` stay where they are, so that the references to
 * them hold; parameters and responses that stand elsewhere are written out where they are used.
 */
export function convertSwagger(root: JsonRecord, source: string): JsonRecord {
  const paths = recordOf(own(root, 'paths'));
  return {
    ...root,
    servers: listServers(root, source),
    components: { securitySchemes: mapValues(recordOf(own(root, 'securityDefinitions')), convertScheme) },
    ...(isRecord(own(root, 'paths')) && { paths: mapValues(paths, (item) => convertPathItem(item, root)) }),
  };
}

function listServers(root: JsonRecord, source: string): readonly JsonRecord[] {
  const host = textOf(own(root, 'host'));
  const basePath = textOf(own(root, 'basePath')) ?? '/';
  if (host === null) return [{ url: basePath }];
  const schemes = listOf(own(root, 'schemes')).filter((scheme) => scheme === 'http' || scheme === 'https');
  // Without schemes the one counts by which the document was read.
  const used = schemes.length > 0 ? schemes : [/^https:/i.test(source) ? 'https' : 'http'];
  return used.map((scheme) => ({ url: `${scheme}://${host}${basePath}` }));
}

function convertScheme(value: unknown): unknown {
  return isRecord(value) && value.type === 'basic' ? { ...value, type: 'http', scheme: 'basic' } : value;
}

function convertPathItem(value: unknown, root: JsonRecord): unknown {
  if (!isRecord(value)) return value;
  const shared = resolveParameters(value.parameters, root);
  const operations = METHODS.filter((method) => isRecord(own(value, method))).map((method) => [
    method,
    convertOperation(recordOf(own(value, method)), shared, root),
  ]);
  const { parameters: _, ...rest } = value;
  return { ...rest, ...Object.fromEntries(operations) };
}

function convertOperation(operation: JsonRecord, shared: readonly unknown[], root: JsonRecord): JsonRecord {
  const parameters = override(shared, resolveParameters(operation.parameters, root));
  const body = convertBody(parameters, listTypes('consumes', operation, root));
  const produces = listTypes('produces', operation, root);
  return {
    ...operation,
    parameters: parameters.filter((parameter) => !isBodyPart(parameter)).map(convertParameter),
    ...(body !== null && { requestBody: body }),
    responses: mapValues(recordOf(operation.responses), (response) =>
      convertResponse(response, produces, root),
    ),
  };
}

/** An operation's parameters take the place of the path's by name and place; there is at most one body. */
function override(shared: readonly unknown[], own: readonly unknown[]): readonly unknown[] {
  const keyOf = (parameter: unknown) => {
    const { name, in: place } = recordOf(parameter);
    return place === 'body' ? 'body' : `${place} ${name}`;
  };
  const keys = new Set(own.map(keyOf));
  return [...shared.filter((parameter) => !keys.has(keyOf(parameter))), ...own];
}

function resolveParameters(value: unknown, root: JsonRecord): readonly unknown[] {
  return listOf(value).map((parameter) => resolve(parameter, root));
}

/** What a local reference stands for; one that leads nowhere stays, and is reported where it is read. */
function resolve(value: unknown, root: JsonRecord): unknown {
  const ref = isRecord(value) ? own(value, '$ref') : undefined;
  if (typeof ref !== 'string' || !ref.startsWith('#')) return value;
  return lookUp(root, ref) ?? value;
}

function isBodyPart(parameter: unknown): boolean {
  const place = recordOf(parameter).in;
  return place === 'body' || place === 'formData';
}

function convertParameter(value: unknown): unknown {
  if (!isRecord(value) || value.in === undefined) return value;
  const format = textOf(value.collectionFormat) ?? 'csv';
  return {
    name: value.name,
    in: value.in,
    ...(value.required !== undefined && { required: value.required }),
    ...(own(value, 'x-example') !== undefined && { example: own(value, 'x-example') }),
    ...(value.type === 'array' && STYLES[format]),
    schema: schemaOf(value),
  };
}

function schemaOf(parameter: JsonRecord): JsonRecord {
  return Object.fromEntries(
    SCHEMA_KEYS.flatMap((key) => (own(parameter, key) === undefined ? [] : [[key, own(parameter, key)]])),
  );
}

function convertBody(parameters: readonly unknown[], consumes: readonly string[]): JsonRecord | null {
  const body = parameters.map(recordOf).find((parameter) => parameter.in === 'body');
  if (body !== undefined) {
    const content = Object.fromEntries(consumes.map((type) => [type, { schema: body.schema ?? {} }]));
    return { required: body.required === true, content };
  }
  const fields = parameters.map(recordOf).filter((parameter) => parameter.in === 'formData');
  if (fields.length === 0) return null;
  const file = fields.some((field) => field.type === 'file');
  const type =
    file || consumes.includes('multipart/form-data')
      ? 'multipart/form-data'
      : 'application/x-www-form-urlencoded';
  const schema = {
    type: 'object',
    required: fields.filter((field) => field.required === true).map((field) => field.name),
    properties: Object.fromEntries(
      fields.map((field) => [
        String(field.name),
        field.type === 'file' ? { type: 'string', format: 'binary' } : schemaOf(field),
      ]),
    ),
  };
  return { required: fields.some((field) => field.required === true), content: { [type]: { schema } } };
}

function convertResponse(value: unknown, produces: readonly string[], root: JsonRecord): unknown {
  const response = resolve(value, root);
  if (!isRecord(response) || response.schema === undefined) return response;
  return {
    ...response,
    content: Object.fromEntries(produces.map((type) => [type, { schema: response.schema }])),
  };
}

/** The operation's media types, else the document's, else JSON. */
function listTypes(key: 'consumes' | 'produces', operation: JsonRecord, root: JsonRecord): readonly string[] {
  const types = listOf(own(operation, key) ?? own(root, key)).filter((type) => typeof type === 'string');
  return types.length === 0 ? ['application/json'] : types;
}

function mapValues(map: JsonRecord, change: (value: unknown) => unknown): JsonRecord {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
