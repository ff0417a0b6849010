import type { HttpMethod } from '../../types.ts';
import type { Operation, OperationResponse } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import { type Reading, readBody, readContent } from './content.ts';
import { isRecord, type JsonRecord, listOf, own, recordOf, textOf } from './json.ts';
import { readLinks } from './links.ts';
import { methodOf } from './methods.ts';
import { readParameters } from './parameters.ts';
import type { Place } from './place.ts';
import { listSecurity } from './security.ts';

/** Lists the operations of a document in the order in which it states them. */
export function listOperations(root: JsonRecord, reading: Reading): readonly Operation[] {
  const paths = own(root, 'paths');
  if (!isRecord(paths)) {
    reading.notices.add(['paths'], 'there are no paths, so that there is nothing to call.');
    return [];
  }
  return Object.entries(paths).flatMap(([path, value]) => {
    if (path.startsWith('x-')) return [];
    return readPathItem(path, value, root, reading);
  });
}

function readPathItem(
  path: string,
  value: unknown,
  root: JsonRecord,
  reading: Reading,
): readonly Operation[] {
  const place = ['paths', path];
  if (!path.startsWith('/')) {
    reading.notices.add(place, 'a path must begin with "/"; it is left out.');
    return [];
  }
  const item = reading.references.follow(value, place);
  if (!isRecord(item)) {
    if (item !== undefined) reading.notices.add(place, 'it is no path item and is left out.');
    return [];
  }
  for (const extra of ['query', 'additionalOperations']) {
    if (own(item, extra) !== undefined) {
      reading.notices.add([...place, extra], 'methods beyond the eight of HTTP are left out.');
    }
  }
  noteOwnServers(item, place, reading);
  return Object.keys(item).flatMap((key) => {
    const method = methodOf(key);
    if (method === undefined) return [];
    const operation = own(item, key);
    noteOwnServers(operation, [...place, key], reading);
    if (isRecord(operation)) return [readOperation(method, path, item, operation, root, reading)];
    reading.notices.add([...place, key], 'it is no operation and is left out.');
    return [];
  });
}

/** The calls of a run go to one service. */
function noteOwnServers(value: unknown, place: Place, reading: Reading): void {
  if (listOf(own(recordOf(value), 'servers')).length === 0) return;
  reading.notices.add(
    [...place, 'servers'],
    'servers of its own are left out: its calls go where all others go.',
  );
}

function readOperation(
  method: HttpMethod,
  path: string,
  item: JsonRecord,
  operation: JsonRecord,
  root: JsonRecord,
  reading: Reading,
): Operation {
  const place = ['paths', path, method.toLowerCase()];
  return {
    operationId: textOf(own(operation, 'operationId')),
    method,
    path,
    tags: listOf(own(operation, 'tags')).filter((tag) => typeof tag === 'string'),
    summary: textOf(own(operation, 'summary')),
    parameters: readParameters(
      path,
      [
        { value: own(item, 'parameters'), place: ['paths', path, 'parameters'] },
        { value: own(operation, 'parameters'), place: [...place, 'parameters'] },
      ],
      reading,
    ),
    requestBody: readBody(own(operation, 'requestBody'), [...place, 'requestBody'], reading),
    responses: readResponses(own(operation, 'responses'), [...place, 'responses'], reading),
    security: listSecurity(operation, root, reading.references),
  };
}

function readResponses(value: unknown, place: Place, reading: Reading): readonly OperationResponse[] {
  return Object.entries(recordOf(value)).flatMap(([status, entry]) => {
    if (status.startsWith('x-')) return [];
    const at = [...place, status];
    if (!/^([1-5]\d\d|[1-5]XX|default)$/i.test(status)) {
      reading.notices.add(at, `${quote(status)} is no status; the response is left out.`);
      return [];
    }
    const response = recordOf(reading.references.follow(entry, at));
    const content = readContent(own(response, 'content'), [...at, 'content'], reading);
    return [
      {
        status: status === 'default' ? status : status.toUpperCase(),
        mediaType: content?.mediaType ?? null,
        schema: content?.schema ?? null,
        headers: Object.keys(recordOf(own(response, 'headers'))),
        links: readLinks(own(response, 'links'), [...at, 'links'], reading),
      },
    ];
  });
}
