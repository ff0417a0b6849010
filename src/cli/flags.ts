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
  readonly items?: { readonly type?: string; readonly properties?: Readonly<Record<string, unknown>> };
}

/** Gives the flags of a tool: every argument with dashes, except those that are words. */
export function makeFlags(input: z.ZodObject): readonly Flag[] {
  const { properties } = describeInput(input);
  const entries = Object.entries((properties ?? {}) as Readonly<Record<string, Property>>);
  return entries.map(([argument, property]) => {
    const flag = makeFlag(argument, property);
    // A shell waits until the end: the flag is taken, but helps nobody.
    return argument === 'wait_seconds' ? { ...flag, option: flag.option.hideHelp() } : flag;
  });
}

/** Gives the arguments of a tool from what commander read. */
export function readFlags(
  flags: readonly Flag[],
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    flags.flatMap(({ argument, option, read }) => {
      const raw = options[option.attributeName()];
      return raw === undefined ? [] : [[argument, read(raw)]];
    }),
  );
}

function makeFlag(
  argument: string,
  { type, description, default: preset, enum: choices, items }: Property,
): Flag {
  const name = argument.replaceAll('_', '-');
  const shown =
    preset === undefined || preset === false || isEmpty(preset) ? '' : ` (default ${JSON.stringify(preset)})`;
  const text =
    `${description ?? ''}${choices === undefined ? '' : ` [${choices.join(', ')}]`}${shown}`.trim();
  if (type === 'boolean') return { argument, option: new Option(`--${name}`, text), read: (raw) => raw };
  if (type === 'array') {
    // A fault may stand as text in a tool's argument too.
    const isJson = items?.type === 'object' && argument !== 'faults';
    if (!isJson) return { argument, option: new Option(`--${name} <${name}...>`, text), read: listOf };
    const form = `{${Object.keys(items?.properties ?? {})
      .map((key) => `"${key}": …`)
      .join(', ')}}`;
    // As a tool's argument it is one list, and so it is copied.
    const read = (raw: unknown) => listOf(raw).flatMap((each) => parseJson(each, form));
    return { argument, option: new Option(`--${name} <json...>`, `${text}; each as ${form}`), read };
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

function isEmpty(preset: unknown): boolean {
  return typeof preset === 'object' && preset !== null && Object.keys(preset).length === 0;
}

function listOf(raw: unknown): string[] {
  return (Array.isArray(raw) ? raw : [raw]).map(String);
}

function textPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new AppError('BAD_INPUT', `Expected key=value, got ${quote(pair)}.`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function parseJson(text: string, form: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('BAD_INPUT', `Expected JSON such as ${form}, got ${quote(text)}.`, { cause });
  }
}
