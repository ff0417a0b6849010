import type { OperationLink } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import type { Reading } from './content.ts';
import { type JsonRecord, own, recordOf, textOf } from './json.ts';
import { methodOf } from './methods.ts';
import { type Place, parsePointer } from './place.ts';

/** Reads the `links` of a response: how its values feed other operations. */
export function readLinks(value: unknown, place: Place, reading: Reading): readonly OperationLink[] {
  return Object.entries(recordOf(value)).flatMap(([name, entry]) => {
    const at = [...place, name];
    const link = recordOf(reading.references.follow(entry, at));
    const target = readTarget(link, at, reading);
    if (target === null) return [];
    const parameters = Object.entries(recordOf(own(link, 'parameters'))).flatMap(([key, expression]) =>
      typeof expression === 'string' || typeof expression === 'number'
        ? // A parameter may be written with its place before it: `path.user_id`.
          [[key.replace(/^(path|query|header|cookie)\./, ''), String(expression)] as const]
        : [],
    );
    return [{ target, parameters: Object.fromEntries(parameters) }];
  });
}

function readTarget(link: JsonRecord, place: Place, reading: Reading): OperationLink['target'] | null {
  const operationId = textOf(own(link, 'operationId'));
  if (operationId !== null) return { operationId };
  const ref = textOf(own(link, 'operationRef'));
  if (ref === null) return null;
  const [paths, path, key, ...more] = (ref.startsWith('#') ? parsePointer(ref.slice(1)) : null) ?? [];
  const method = methodOf(key);
  if (paths === 'paths' && path !== undefined && method !== undefined && more.length === 0) {
    return { method, path };
  }
  reading.notices.add(
    [...place, 'operationRef'],
    `${quote(ref)} is no operation of this document, such as #/paths/~1users~1{id}/get; the link is left out.`,
  );
  return null;
}
