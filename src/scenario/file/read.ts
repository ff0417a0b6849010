import { AppError } from '../../errors.ts';
import { MAX_SEED } from '../../random.ts';
import type {
  Expectation,
  Item,
  JsonSchema,
  JsonValue,
  Notice,
  Scenario,
  ScenarioConfig,
} from '../../types.ts';
import { quote } from '../../units.ts';
import { readYaml, type YamlDocument } from '../../yaml.ts';
import { KEYS, SLIPS } from './keys.ts';
import {
  type Fields,
  type Node,
  note,
  plain,
  readBoolean,
  readFields,
  readInteger,
  readList,
  readNumber,
  readText,
  readTextMap,
  refuse,
} from './node.ts';
import { readCall, readSetupCall } from './read-call.ts';
import { readContext } from './read-context.ts';
import { readFlag } from './read-strategy.ts';

export interface ScenarioFile {
  readonly scenarios: readonly Scenario[];
  /** What was understood differently from how it is written. */
  readonly notices: readonly Notice[];
}

const NO_CONFIG: ScenarioConfig = { headers: {}, segments: {}, seed: null, setup: [], teardown: [] };

/**
 * Reads all documents of a scenario file, in the format of `fault`, its older `lueur` layout included. Unknown
 * keys are errors.
 *
 * @throws AppError SCENARIO_INVALID with file, line, column and what was expected.
 */
export function readScenarios(text: string, source: string): ScenarioFile {
  const notices: Notice[] = [];
  const scenarios = parseDocuments(text, source).map((document) =>
    readScenario({ value: document.value, path: [], file: { source, document, notices } }),
  );
  return { scenarios, notices };
}

/**
 * Reads one document whose value was changed before, such as a template that was filled in; positions are those
 * of the document as it stands in the file.
 *
 * @throws AppError SCENARIO_INVALID
 */
export function readScenarioValue(
  value: unknown,
  { document, source }: { readonly document: YamlDocument; readonly source: string },
): { readonly scenario: Scenario; readonly notices: readonly Notice[] } {
  const notices: Notice[] = [];
  return { scenario: readScenario({ value, path: [], file: { source, document, notices } }), notices };
}

/** Parses the documents of a scenario file, without looking at what they hold. */
export function parseDocuments(text: string, source: string): readonly YamlDocument[] {
  const documents = parse(text, source);
  if (documents.length > 0) return documents;
  throw new AppError('SCENARIO_INVALID', `${source}: the file holds no scenario.`, {
    hint: 'Make one with scenario_generate.',
  });
}

function parse(text: string, source: string): ReturnType<typeof readYaml> {
  try {
    return readYaml(text, source);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('SCENARIO_INVALID', error.message, {
      hint: error.hint ?? 'Mend the text at that place.',
      details: error.details,
      cause: error,
    });
  }
}

function readScenario(node: Node): Scenario {
  const fields = readFields(node, [...KEYS.document, ...SLIPS.document], 'a scenario');
  const title = fields.get('title');
  if (title === null) throw refuse(node, 'a scenario needs a "title".');
  const slip = fields.get('scenarios');
  const items = fields.get('items') ?? slip;
  if (items === null) throw refuse(node, 'a scenario needs "items".');
  if (items === slip) note(items, '"scenarios" is taken as "items".');
  for (const key of ['context', 'expect']) {
    const shared = fields.get(key);
    if (shared !== null) note(shared, `"${key}" is taken as if it stood inside each item (layout of lueur).`);
  }
  const description = fields.get('description');
  return {
    title: readText(title),
    description: description === null ? null : readText(description),
    config: readConfig(fields.get('config')),
    items: readList(items, (item) => readItem(item, fields)),
  };
}

function readItem(node: Node, shared: Fields): Item {
  const fields = readFields(node, [...KEYS.item, ...SLIPS.item], 'an item');
  const call = fields.get('call');
  if (call === null) throw refuse(node, 'an item needs a "call".');
  return {
    call: readCall(call),
    context: readContext(
      fields.get('context') ?? shared.get('context'),
      fields.get('slo') ?? shared.get('slo'),
    ),
    expect: readExpectation(fields.get('expect') ?? shared.get('expect')),
  };
}

function readExpectation(node: Node | null): Expectation {
  if (node === null) {
    return { statuses: [], responseTimeUnderMs: null, allSloAreValid: null, bodyMatchesSchema: false };
  }
  const fields = readFields(node, KEYS.expect, 'expect');
  const status = fields.get('status');
  const statuses = readList(fields.get('statuses'), readStatus);
  const under = fields.get('response_time_under');
  const slos = fields.get('all_slo_are_valid');
  const schema = fields.get('body_schema');
  return {
    statuses: [...new Set(status === null ? statuses : [readStatus(status), ...statuses])],
    responseTimeUnderMs: under === null ? null : readNumber(under, 0),
    allSloAreValid: slos === null ? null : readBoolean(slos),
    // A schema that is written down is meant to be matched.
    bodyMatchesSchema: readFlag(fields.get('body_matches_schema'), schema !== null),
    ...(schema !== null && { bodySchema: readSchema(schema) }),
  };
}

/** Whether it is a schema is seen by the validator, which is too heavy for reading. */
function readSchema(node: Node): JsonSchema {
  const value = plain(node);
  if (typeof value === 'boolean' || isMap(value)) return value;
  throw refuse(node, `expected a JSON Schema, such as {type: object}, got ${quote(value)}.`);
}

function isMap(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readStatus(node: Node): number {
  return readInteger(node, 100, 599);
}

function readConfig(node: Node | null): ScenarioConfig {
  if (node === null) return NO_CONFIG;
  const fields = readFields(node, KEYS.config, 'config');
  const seed = fields.get('seed');
  const spec = fields.get('spec');
  return {
    ...readHttp(fields.get('http')),
    seed: seed === null ? null : readInteger(seed, 0, MAX_SEED),
    ...(spec !== null && { spec: readText(spec) }),
    setup: readList(fields.get('setup'), readSetupCall),
    teardown: readList(fields.get('teardown'), readCall),
  };
}

function readHttp(node: Node | null): Pick<ScenarioConfig, 'headers' | 'segments'> {
  if (node === null) return { headers: {}, segments: {} };
  const fields = readFields(node, KEYS.http, 'config.http');
  const paths = fields.get('paths');
  const segments = paths === null ? null : readFields(paths, KEYS.paths, 'config.http.paths').get('segments');
  return { headers: readTextMap(fields.get('headers')), segments: readTextMap(segments) };
}
