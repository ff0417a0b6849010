import { z } from 'zod';
import { AppError } from '../errors.ts';
import { parseDurationMs, quote } from '../units.ts';
import type { FaultType } from './fault.ts';
import { COMMON_KEYS } from './fault-schema.ts';
import { FAULTS } from './faults/index.ts';

const HINT =
  'Write TYPE, TYPE:VALUE or TYPE:KEY=VALUE,KEY=VALUE, such as latency:80ms,probability=20%, or JSON.';

/**
 * Reads a fault written as text: `refuse`, `latency:mean=80,stddev=20`, `httperror:503,only.path=/orders/**`. A value
 * without a key is that of the fault's main key; times may have units (`80ms`, `2s`), shares may be percentages, and
 * what stands in JSON is read as such. What it gives still has to pass `readFault`.
 *
 * @throws AppError BAD_INPUT
 */
export function parseFaultText(text: string): unknown {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) return parseJson(trimmed);
  const [, type = '', rest = ''] = /^([^:]*):?(.*)$/s.exec(trimmed) ?? [];
  const definition = FAULTS.find((candidate) => candidate.type === type.trim().replaceAll('-', '_'));
  if (definition === undefined) return { type };
  const fault: Record<string, unknown> = { type: definition.type };
  // A comma ends a pair only where another key follows: values such as periods hold commas of their own.
  for (const [place, pair] of rest.split(/,(?=\s*[a-z_]+(?:\.[\w-]+)?=)/).entries()) {
    if (pair.trim() === '') continue;
    const isPair = /^\s*[a-z_]+(?:\.[\w-]+)?=/.test(pair);
    if (!isPair && place > 0) throw misfit(text, `expected KEY=VALUE, got ${quote(pair)}`);
    if (isPair) readPair(fault, definition, pair);
    else readMain(fault, definition, pair.trim(), text);
  }
  return fault;
}

function readPair(fault: Record<string, unknown>, definition: FaultType, pair: string): void {
  const at = pair.indexOf('=');
  const [key = '', inner] = pair.slice(0, at).trim().split('.');
  const value = pair.slice(at + 1).trim();
  if (inner === undefined) fault[key] = readValue(definition, key, value);
  else fault[key] = { ...(typeof fault[key] === 'object' ? fault[key] : {}), [inner]: value };
}

function readMain(fault: Record<string, unknown>, definition: FaultType, value: string, text: string): void {
  const { mainKey, keys } = definition;
  if (mainKey === null) throw misfit(text, `${definition.type} has no main value, got ${quote(value)}`);
  const [, number, unit] = /^([\d.]+)\s*([A-Za-z]+)$/.exec(value) ?? [];
  if (number !== undefined && 'unit' in keys) Object.assign(fault, { [mainKey]: Number(number), unit });
  else fault[mainKey] = readValue(definition, mainKey, value);
}

function readValue(definition: FaultType, key: string, value: string): unknown {
  if (key === definition.nestedKey) return parseFaultText(value);
  switch (typeOf(definition, key)) {
    case 'number':
    case 'integer':
      return readNumber(value);
    case 'boolean':
      return value === 'true' || value === 'false' ? value === 'true' : value;
    case 'object':
      return value.startsWith('{') ? parseJson(value) : value;
    default:
      return value;
  }
}

/** A plain number, a share in percent, or a time as ms; other text stays, to be refused with its place. */
function readNumber(value: string): unknown {
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (/^-?\d+(\.\d+)?\s*%$/.test(value)) return Number.parseFloat(value) / 100;
  return /^\d+(\.\d+)?\s*(ms|s|m|h)$/.test(value) ? parseDurationMs(value) : value;
}

function typeOf({ keys }: FaultType, key: string): unknown {
  const schema = z.toJSONSchema(z.object({ ...COMMON_KEYS, ...keys }), {
    io: 'input',
    unrepresentable: 'any',
  });
  const property = schema.properties?.[key];
  return typeof property === 'object' ? property.type : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('BAD_INPUT', `Expected JSON, got ${quote(text)}.`, { hint: HINT, cause });
  }
}

function misfit(text: string, what: string): AppError {
  return new AppError('BAD_INPUT', `Fault ${quote(text)}: ${what}.`, { hint: HINT });
}
