import { z } from 'zod';
import { AppError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { Fault, JsonValue } from '../types.ts';
import type { Period } from '../types-fault.ts';
import { quote, showPercent } from '../units.ts';
import type { ByteFlow, FaultActor, FaultParams, FaultPlace, FaultType, NestedFaults } from './fault.ts';
import { FAULTS } from './faults/index.ts';
import { describeLimit, LIMIT, LIMIT_NAMES, toLimit, writeLimit } from './limit.ts';
import { formatPeriods, parsePeriods } from './periods.ts';

/** One thing that does not fit, and where it stands below the fault. */
export interface FaultIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Keys that every fault takes. */
export const COMMON_KEYS = {
  side: z.enum(['client', 'server']).default('server').describe('side of the proxy, seen from it'),
  direction: z.enum(['ingress', 'egress', 'both']).default('ingress').describe('flow of that side'),
  period: z.string().optional().describe('start:T,duration:D, several by ";"; absent: all the time'),
  probability: z.number().min(0).max(1).default(1).describe('share of exchanges it acts on, 0 to 1'),
  only: LIMIT.optional().describe('HTTP requests it acts on: methods, path, header; absent: all exchanges'),
};
const common = z.strictObject(COMMON_KEYS);

/**
 * Reads one fault as written in a scenario file, defaults filled in.
 *
 * @throws AppError SCENARIO_INVALID; `details.issues` lists everything that does not fit, as `FaultIssue`.
 */
export function readFault(raw: unknown): Fault {
  const issues: FaultIssue[] = [];
  const fault = read(raw, [], issues);
  if (fault !== null) return fault;
  const [first] = issues;
  const where = first === undefined || first.path.length === 0 ? '' : ` at ${first.path.join('.')}`;
  throw new AppError('SCENARIO_INVALID', `A fault does not fit${where}: ${first?.message ?? 'unknown'}`, {
    hint: `Faults are ${FAULTS.map(({ type }) => type).join(', ')}.`,
    details: { issues },
  });
}

/** Writes a fault as `readFault` reads it: `type` first, keys in a fixed order, defaults left out. */
export function writeFault(fault: Fault): Record<string, JsonValue> {
  const definition = definitionOf(fault.type);
  const written: Record<string, JsonValue> = { type: fault.type };
  if (fault.side !== 'server') written.side = fault.side;
  if (fault.direction !== 'ingress') written.direction = fault.direction;
  Object.assign(written, withoutDefaults(definition, fault.params));
  if (fault.probability !== 1) written.probability = fault.probability;
  if (fault.only !== null) written.only = writeLimit(fault.only);
  if (fault.periods.length > 0) written.period = formatPeriods(fault.periods);
  return written;
}

/** One phrase for people: what it does, on which flow, how often and when. */
export function describeFault(fault: Fault): string {
  const definition = definitionOf(fault.type);
  const what = definition.describe(fault.params, NESTED);
  const flows = definition.flows(fault, NESTED).map((flow) => `${flow} flow`);
  const parts = [definition.actsOnConnections ? what : `${what} (${flows.join(' and ')})`];
  if (fault.only !== null) parts.push(`for ${describeLimit(fault.only)}`);
  if (fault.probability < 1) parts.push(`on ${showPercent(fault.probability)} of exchanges`);
  if (fault.periods.length > 0) parts.push(`during ${formatPeriods(fault.periods)}`);
  return parts.join(', ');
}

/** Flows that a fault acts on. */
export function faultFlows(fault: Fault): readonly ByteFlow[] {
  return definitionOf(fault.type).flows(fault, NESTED);
}

/** Whether it acts on heads of HTTP messages, by itself or by the fault that it holds. */
export function needsHttp({ type, params }: Fault): boolean {
  const definition = definitionOf(type);
  if (definition.nestedKey === null) return definition.needsHttp;
  return needsHttp(readFault(params[definition.nestedKey]));
}

/** Sets a fault to work at one proxy. */
export function startFault(fault: Fault, place: FaultPlace): FaultActor {
  return definitionOf(fault.type).start(fault.params, place, NESTED);
}

/** The listed fault of that type. */
export function definitionOf(type: string): FaultType {
  const definition = FAULTS.find((candidate) => candidate.type === type);
  if (definition === undefined) throw new AppError('SCENARIO_INVALID', unknownType(type));
  return definition;
}

const NESTED: NestedFaults = {
  flows: (raw) => faultFlows(readFault(raw)),
  describe: (raw) => definitionOf(readFault(raw).type).describe(readFault(raw).params, NESTED),
  start: (raw, place) => startFault(readFault(raw), place),
};

function read(raw: unknown, path: readonly (string | number)[], issues: FaultIssue[]): Fault | null {
  if (!isRecord(raw)) {
    issues.push({ path, message: `Expected a fault with a "type", got ${quote(raw ?? null)}.` });
    return null;
  }
  const definition = FAULTS.find(({ type }) => type === raw.type);
  if (definition === undefined) {
    issues.push({ path: [...path, 'type'], message: unknownType(raw.type) });
    return null;
  }
  const before = issues.length;
  const own: Record<string, unknown> = {};
  const shared: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (key === 'type') continue;
    // A key without a value is a key left out, as the files of `fault` have it.
    if (value === null || value === undefined) continue;
    if (key in COMMON_KEYS) shared[key] = value;
    else own[key] = value;
  }
  const params = definition.read(own);
  if (!params.success) issues.push(...listIssues(params.error, path, definition, own));
  const rest = common.safeParse(shared);
  if (!rest.success) issues.push(...listIssues(rest.error, path, definition, shared));
  const periods = readPeriods(shared.period, path, issues);
  const { nestedKey } = definition;
  if (nestedKey !== null && own[nestedKey] !== undefined) readNested(own[nestedKey], nestedKey, path, issues);
  if (issues.length > before || !params.success || !rest.success) return null;
  const { side, direction, probability } = rest.data;
  const only = rest.data.only === undefined ? null : toLimit(rest.data.only);
  return {
    type: definition.type,
    side,
    direction,
    periods,
    probability,
    only,
    params: toParams(params.data),
  };
}

function readNested(
  raw: unknown,
  key: string,
  path: readonly (string | number)[],
  issues: FaultIssue[],
): void {
  const nested = read(raw, [...path, key], issues);
  if (nested === null) return;
  const at = [...path, key];
  if (nested.periods.length > 0 || nested.probability !== 1 || nested.only !== null) {
    issues.push({
      path: at,
      message: 'Write "period", "probability" and "only" beside the nested fault, not in it.',
    });
  }
  if (definitionOf(nested.type).nestedKey !== null) {
    issues.push({ path: [...at, 'type'], message: `A ${nested.type} cannot be nested.` });
  }
}

function readPeriods(
  text: unknown,
  path: readonly (string | number)[],
  issues: FaultIssue[],
): readonly Period[] {
  if (typeof text !== 'string') return [];
  try {
    return parsePeriods(text);
  } catch (error) {
    issues.push({
      path: [...path, 'period'],
      message: error instanceof Error ? error.message : String(error),
    });
    return [];
  }
}

function listIssues(
  error: z.ZodError<unknown>,
  path: readonly (string | number)[],
  definition: FaultType,
  given: Readonly<Record<string, unknown>>,
): FaultIssue[] {
  return error.issues.flatMap((issue): FaultIssue[] => {
    const at = [...path, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    if (issue.code === 'invalid_type' && issue.path.length === 1) {
      const value = given[String(issue.path[0])];
      const seen = value === undefined ? 'nothing' : quote(value);
      return [{ path: at, message: `Expected ${issue.expected}, got ${seen}.` }];
    }
    if (issue.code !== 'unrecognized_keys') return [{ path: at, message: `${issue.message}.` }];
    const known = at.at(-1) === 'only' ? LIMIT_NAMES : listKeys(definition);
    const whose = at.at(-1) === 'only' ? 'only' : definition.type;
    return issue.keys.map((key) => ({ path: [...at, key], message: unknownKey(key, whose, known) }));
  });
}

function listKeys(definition: FaultType): readonly string[] {
  return ['type', ...Object.keys(definition.keys), ...Object.keys(COMMON_KEYS)];
}

function unknownKey(key: string, whose: string, known: readonly string[]): string {
  return `Unknown key ${quote(key)} of ${whose}; the nearest known one is "${nearest(key, known)}".`;
}

function unknownType(type: unknown): string {
  const types = FAULTS.map((fault) => fault.type);
  if (typeof type !== 'string') return `Expected a fault type, one of ${types.join(', ')}.`;
  return `Unknown fault type ${quote(type)}; the nearest known one is "${nearest(type, types)}".`;
}

/** Leaves out each key without which the same parameters would be read. */
function withoutDefaults(definition: FaultType, params: FaultParams): Record<string, JsonValue> {
  const whole = JSON.stringify(params);
  let kept = Object.entries(params);
  for (const key of Object.keys(definition.keys)) {
    if (definition.written.includes(key)) continue;
    const fewer = kept.filter(([name]) => name !== key);
    const read = definition.read(Object.fromEntries(fewer));
    if (read.success && sameKeys(read.data, whole)) kept = fewer;
  }
  const order = Object.keys(definition.keys);
  return Object.fromEntries(kept.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)));
}

function sameKeys(params: object, whole: string): boolean {
  return JSON.stringify(sorted(toParams(params))) === JSON.stringify(sorted(toParams(JSON.parse(whole))));
}

function sorted(params: FaultParams): FaultParams {
  return Object.fromEntries(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a schema gave, without absent keys. */
function toParams(params: object): Record<string, JsonValue> {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
