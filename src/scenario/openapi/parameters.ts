import type { OperationParameter } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import { exampleOf, type Reading, readContent, schemaOf } from './content.ts';
import { isRecord, type JsonRecord, listOf, own, textOf } from './json.ts';
import type { Place } from './place.ts';

const PLACES = ['path', 'query', 'header', 'cookie'] as const;
const DEFAULT_STYLE = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' } as const;
/** Headers that the specification takes out of `parameters`: they follow from bodies and security. */
const RESERVED_HEADERS = new Set(['accept', 'content-type', 'authorization']);

export interface ParameterList {
  readonly value: unknown;
  readonly place: Place;
}

/** Merges the parameters of a path item with those of its operation, which win by name and place. */
export function readParameters(
  path: string,
  lists: readonly ParameterList[],
  reading: Reading,
): readonly OperationParameter[] {
  const merged = new Map<string, OperationParameter>();
  for (const { value, place } of lists) {
    if (value !== undefined && !Array.isArray(value)) {
      reading.notices.add(place, 'it is no list of parameters and is left out.');
    }
    for (const [index, entry] of listOf(value).entries()) {
      const parameter = readParameter(entry, [...place, index], reading);
      if (parameter !== null) merged.set(`${parameter.place} ${parameter.name}`, parameter);
    }
  }
  const declared = [...merged.values()].filter((parameter) => isUsable(parameter, path, lists, reading));
  return [...declared, ...listUndeclared(path, declared, lists, reading)];
}

/** Names in braces of a path template, in order, each once. */
export function listTemplateNames(path: string): readonly string[] {
  return [...new Set([...path.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1] ?? ''))];
}

function readParameter(entry: unknown, place: Place, reading: Reading): OperationParameter | null {
  const value = reading.references.follow(entry, place);
  if (value === undefined) return null;
  if (!isRecord(value)) {
    reading.notices.add(place, 'it is no parameter and is left out.');
    return null;
  }
  const name = textOf(own(value, 'name'));
  const where = PLACES.find((candidate) => candidate === value.in);
  if (name === null || name === '' || where === undefined) {
    const seen = where === undefined ? `its "in" is ${quote(value.in ?? 'missing')}` : 'it has no name';
    reading.notices.add(place, `${seen}; the parameter is left out.`);
    return null;
  }
  if (where === 'header' && RESERVED_HEADERS.has(name.toLowerCase())) return null;
  return {
    name,
    place: where,
    required: value.required === true || where === 'path',
    ...readValue(value, where, place, reading),
  };
}

function readValue(
  value: JsonRecord,
  where: OperationParameter['place'],
  place: Place,
  reading: Reading,
): Pick<OperationParameter, 'schema' | 'example' | 'style' | 'explode'> {
  const example = exampleOf(value, place, reading);
  const content = readContent(own(value, 'content'), [...place, 'content'], reading);
  if (content !== null) {
    return { schema: content.schema, example: example ?? content.example, style: 'json', explode: false };
  }
  const style = textOf(own(value, 'style')) ?? DEFAULT_STYLE[where];
  const explode = typeof value.explode === 'boolean' ? value.explode : style === 'form';
  return { schema: schemaOf(own(value, 'schema'), [...place, 'schema'], reading), example, style, explode };
}

function isUsable(
  parameter: OperationParameter,
  path: string,
  lists: readonly ParameterList[],
  reading: Reading,
): boolean {
  if (parameter.place !== 'path' || listTemplateNames(path).includes(parameter.name)) return true;
  const place = lists.at(-1)?.place ?? [];
  reading.notices.add(place, `the path has no {${parameter.name}}; the parameter is left out.`);
  return false;
}

function listUndeclared(
  path: string,
  declared: readonly OperationParameter[],
  lists: readonly ParameterList[],
  reading: Reading,
): readonly OperationParameter[] {
  const known = new Set(declared.filter(({ place }) => place === 'path').map(({ name }) => name));
  return listTemplateNames(path)
    .filter((name) => !known.has(name))
    .map((name) => {
      reading.notices.add(lists.at(-1)?.place ?? [], `{${name}} is not declared; it is taken as text.`);
      return {
        name,
        place: 'path',
        required: true,
        schema: { type: 'string' },
        example: undefined,
        style: 'simple',
        explode: false,
      };
    });
}
