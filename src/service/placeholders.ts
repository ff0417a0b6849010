import { AppError } from '../errors.ts';
import { nearestWord } from '../nearest.ts';
import type { StringMap } from '../types.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}|\{([A-Za-z_][\w.-]*)\}/g;

/** What placeholders stand for: `{port}`, and for each dependency `{db}`, `{db.host}` and `{db.port}`. */
export function listPlaceholders(port: number, dependencies: StringMap): StringMap {
  const values: Record<string, string> = { port: String(port) };
  for (const [name, address] of Object.entries(dependencies)) {
    const colon = address.lastIndexOf(':');
    values[name] = address;
    values[`${name}.host`] = address.slice(0, colon);
    values[`${name}.port`] = address.slice(colon + 1);
  }
  return values;
}

/**
 * Puts the values in place of `{name}`; `{{name}}` stands for the text `{name}` itself.
 *
 * @throws AppError CONFIG_INVALID for a name that stands for nothing; `place` tells where it was read.
 */
export function fillPlaceholders(text: string, values: StringMap, place: string): string {
  return text.replace(PLACEHOLDER, (_whole, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) return `{${literal}}`;
    const value = name === undefined ? undefined : values[name];
    if (name === undefined || value === undefined) throw unknown(name ?? '', values, place);
    return value;
  });
}

/** Whether `text` holds a placeholder; with `name`, that one. */
export function hasPlaceholder(text: string, name: string | null = null): boolean {
  return [...text.matchAll(PLACEHOLDER)].some(
    ([, , found]) => found !== undefined && (name === null || found === name),
  );
}

function unknown(name: string, values: StringMap, place: string): AppError {
  const known = Object.keys(values);
  const near = nearestWord(name, known);
  return new AppError(
    'CONFIG_INVALID',
    `${place} of breakwater.yaml holds {${name}}, which stands for nothing.`,
    {
      hint: `${near === null ? '' : `Did you mean {${near}}? `}Known are ${known.map((one) => `{${one}}`).join(', ')}; a dependency must stand under dependencies. For the text itself write {{${name}}}.`,
    },
  );
}
