import { z } from 'zod';
import { readFault } from '../proxy/fault-schema.ts';
import { ALWAYS } from '../proxy/periods.ts';
import type { PlannedFault } from '../types-run.ts';
import { quote } from '../units.ts';
import { ApiError, badBody } from './api-error.ts';
import { absentOr, readBody } from './read-body.ts';
import { TOXIC_TYPES, type ToxicAttributes, type ToxicType, UNSUPPORTED } from './toxic-types.ts';

/** A toxic as clients write and read it. */
export interface ToxicBody {
  readonly attributes: ToxicAttributes;
  readonly name: string;
  readonly type: string;
  readonly stream: 'upstream' | 'downstream';
  /** Probability, 0 to 1. */
  readonly toxicity: number;
}

export interface Toxic {
  readonly body: ToxicBody;
  /** Its place in the ledger; keys its draws. */
  readonly index: number;
  /** `Clock.now()` at which it was added or last changed. */
  readonly sinceMs: number;
}

const toxic = z.looseObject({
  name: absentOr(z.string()),
  type: absentOr(z.string()),
  // In any case, as Toxiproxy has it.
  stream: absentOr(z.string().toLowerCase()),
  toxicity: absentOr(z.number().min(0).max(1)),
  attributes: absentOr(z.record(z.string(), absentOr(z.number().min(0)))),
});

/**
 * Reads a new toxic; without a name it is `<type>_<stream>`.
 *
 * @throws ApiError 400
 */
export function readToxic(raw: unknown): ToxicBody {
  const read = readBody(toxic, raw);
  const { type = '', stream = 'downstream' } = read;
  if (stream !== 'upstream' && stream !== 'downstream') {
    throw new ApiError(400, 'stream was invalid, can be either upstream or downstream');
  }
  const name = read.name || `${type}_${stream}`;
  return {
    attributes: readAttributes(type, {}, read.attributes),
    name,
    type,
    stream,
    toxicity: read.toxicity ?? 1,
  };
}

/**
 * Reads changes of a toxic: attributes that are not named stay.
 *
 * @throws ApiError 400, also when another name, type or stream is asked for.
 */
export function readToxicChange(known: ToxicBody, raw: unknown): ToxicBody {
  const read = readBody(toxic, raw);
  for (const key of ['name', 'type', 'stream'] as const) {
    if (read[key] !== undefined && read[key] !== known[key]) {
      throw badBody(`${key} of a toxic cannot be changed (it is ${quote(known[key])}); add another one`);
    }
  }
  return {
    ...known,
    attributes: readAttributes(known.type, known.attributes, read.attributes),
    toxicity: read.toxicity ?? known.toxicity,
  };
}

/** The toxic's faults, for a program that began at `epochMs`. */
export function planToxic({ body, index, sinceMs }: Toxic, epochMs: number): readonly PlannedFault[] {
  const flow = body.stream === 'upstream' ? { side: 'client' } : { side: 'server' };
  return typeOf(body.type)
    .parts(body.attributes)
    .map(({ fault, afterMs }) => ({
      index,
      fault: readFault({ ...fault, ...flow, probability: body.toxicity }),
      windows:
        afterMs === 0 ? ALWAYS : [{ startMs: sinceMs - epochMs + afterMs, endMs: Number.POSITIVE_INFINITY }],
    }));
}

function readAttributes(
  type: string,
  known: ToxicAttributes,
  given: Readonly<Record<string, number | undefined>> = {},
): ToxicAttributes {
  const { attributes: names, check } = typeOf(type);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw badBody(`unknown attribute ${quote(unknown)} of ${type}, which takes ${names.join(', ')}`);
  }
  const read = Object.fromEntries(names.map((name) => [name, given[name] ?? known[name] ?? 0]));
  const misfit = check?.(read) ?? null;
  if (misfit !== null) throw badBody(misfit);
  return read;
}

function typeOf(name: string): ToxicType {
  const type = Object.hasOwn(TOXIC_TYPES, name) ? TOXIC_TYPES[name] : undefined;
  if (type !== undefined) return type;
  const why = Object.hasOwn(UNSUPPORTED, name) ? UNSUPPORTED[name] : undefined;
  const known = Object.keys(TOXIC_TYPES).join(', ');
  throw new ApiError(400, `invalid toxic type: ${why ?? `${quote(name)} is none of ${known}`}`);
}
