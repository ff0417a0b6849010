import { Option } from 'commander';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { describeInput } from '../tools/session/arguments.ts';
import { quote } from '../units.ts';

/** One flag of a command, made from one argument of a tool. */
export interface Flag {
  /** snake_case name of the argument. */
  readonly argument: string;
  readonly option: Option;
  /** Reads what commander collected. */
  readonly read: (raw: unknown) => unknown;
}

interface Property {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly items?: { readonly type?: string };
}

/** Gives the flags of a tool: every argument with dashes, except those that are words. */
export function makeFlags(input: z.ZodObject): readonly Flag[] {
  const { properties } = describeInput(input);
  const entries = Object.entries((properties ?? {}) as Readonly<Record<string, Property>>);
  return entries.map(([argument, property]) => makeFlag(argument, property));
}

/** Reads `TYPE`, `TYPE:key=value,key=value` or a JSON object as a fault. */
export function readFaultFlag(text: string): unknown {
  if (text.trimStart().startsWith('{')) return parseJson(text);
  const [type = '', ...rest] = text.split(':');
  const pairs = rest
    .join(':')
    .split(/,(?=[a-z_]+=)/)
    .filter((pair) => pair !== '');
  return { type, ...Object.fromEntries(pairs.map(readPair)) };
}

function makeFlag(
  argument: string,
  { type, description, default: preset, enum: choices, items }: Property,
): Flag {
  const name = argument.replaceAll('_', '-');
  const shown =
    preset === undefined || (Array.isArray(preset) && preset.length === 0)
      ? ''
      : ` (default ${JSON.stringify(preset)})`;
  const text =
    `${description ?? ''}${choices === undefined ? '' : ` [${choices.join(', ')}]`}${shown}`.trim();
  if (type === 'boolean') return { argument, option: new Option(`--${name}`, text), read: (raw) => raw };
  if (type === 'array') {
    const read =
      items?.type === 'object'
        ? (raw: unknown) =>
            listOf(raw).map((each) => (argument === 'faults' ? readFaultFlag(each) : parseJson(each)))
        : listOf;
    return { argument, option: new Option(`--${name} <${name}...>`, text), read };
  }
  if (type === 'object') {
    return {
      argument,
      option: new Option(`--${name} <key=value...>`, text),
      read: (raw) => Object.fromEntries(listOf(raw).map((pair) => textPair(pair))),
    };
  }
  return {
    argument,
    option: new Option(`--${name} <${type === 'string' ? 'text' : 'number'}>`, text),
    read: (raw) => raw,
  };
}

function listOf(raw: unknown): string[] {
  return (Array.isArray(raw) ? raw : [raw]).map(String);
}

function textPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new AppError('BAD_INPUT', `Expected key=value, got ${quote(pair)}.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function readPair(pair: string): [string, unknown] {
  const [key, value] = textPair(pair);
  const isNumber = /^-?\d+(\.\d+)?$/.test(value);
  return [key, isNumber ? Number(value) : value === 'true' || value === 'false' ? value === 'true' : value];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('BAD_INPUT', `Expected JSON, got ${quote(text)}.`, { cause });
  }
}
