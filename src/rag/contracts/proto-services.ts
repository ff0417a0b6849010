import type { HttpMethod } from '../../types.ts';
import { methodOf } from '../route-finder.ts';

/** A method of a service, and the HTTP requests that it answers. */
export interface ProtoMethod {
  /** With its package, e.g. `shop.v1.OrderService`. */
  readonly service: string;
  readonly name: string;
  /** Id of its own; `null`: none is stated. */
  readonly operationId: string | null;
  readonly bindings: readonly { readonly method: HttpMethod; readonly path: string }[];
}

/**
 * Reads the services of a `.proto` file with their `google.api.http` options
 * (https://github.com/googleapis/googleapis/blob/master/google/api/http.proto).
 */
export function readProtoServices(text: string): readonly ProtoMethod[] {
  const bare = text.replace(
    /("(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (_, quoted) => quoted ?? '',
  );
  const scope = /^\s*package\s+([\w.]+)\s*;/m.exec(bare)?.[1];
  return [...bare.matchAll(/\bservice\s+(\w+)\s*\{/g)].flatMap((found) => {
    const service = scope === undefined ? (found[1] ?? '') : `${scope}.${found[1]}`;
    const body = blockAt(bare, found.index + found[0].length);
    return [...body.matchAll(/\brpc\s+(\w+)\s*\([^)]*\)\s*returns\s*\([^)]*\)\s*(\{?)/g)].map((rpc) => {
      const options = rpc[2] === '{' ? blockAt(body, rpc.index + rpc[0].length) : '';
      const operationId = /\boperation_id\s*:\s*"([^"]+)"/.exec(options)?.[1] ?? null;
      return { service, name: rpc[1] ?? '', operationId, bindings: readBindings(options) };
    });
  });
}

/** The text up to the brace that closes the one before `from`. */
function blockAt(text: string, from: number): string {
  let depth = 1;
  for (const brace of text.slice(from).matchAll(/"(?:\\.|[^"\\\n])*"|[{}]/g)) {
    depth += brace[0] === '{' ? 1 : brace[0] === '}' ? -1 : 0;
    if (depth === 0) return text.slice(from, from + brace.index);
  }
  return text.slice(from);
}

function readBindings(options: string): ProtoMethod['bindings'] {
  const rules = [...options.matchAll(/\boption\s*\(\s*google\.api\.http\s*\)\s*=\s*\{/g)].map((found) =>
    blockAt(options, found.index + found[0].length),
  );
  const short = [
    ...options.matchAll(/\boption\s*\(\s*google\.api\.http\s*\)\s*\.\s*(\w+)\s*=\s*("[^"]+")/g),
  ].map((found) => `${found[1]}: ${found[2]}`);
  return [...rules, ...short].flatMap((rule) =>
    [...rule.matchAll(/\b(get|put|post|delete|patch)\s*:\s*"([^"]+)"/g)].flatMap((found) => {
      const method = methodOf(found[1] ?? '');
      return method === null || method === 'ANY' ? [] : [{ method, path: expandTemplate(found[2] ?? '') }];
    }),
  );
}

/** A field that stands for several segments, `{name=shelves/\*}`, as documents write it: `shelves/{shelves}`. */
function expandTemplate(path: string): string {
  return path.replace(/\{([\w.]+)(?:=([^}]*))?\}/g, (_, field: string, pattern: string | undefined) => {
    if (pattern === undefined || /^\*{1,2}$/.test(pattern)) return `{${field}}`;
    const segments = pattern.split('/');
    return segments
      .map((segment, at) => (/^\*{1,2}$/.test(segment) ? `{${segments[at - 1] ?? field}}` : segment))
      .join('/');
  });
}
