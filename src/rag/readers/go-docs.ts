import { nameOf, stringOf } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import type { LeanNode } from '../lean-node.ts';

const SWAG_ROUTER = /@Router\s+(\S+)\s+\[(\w+)\]/i;
const SWAG_ID = /@ID\s+(\S+)/i;
const GO_SWAGGER = /swagger:(?:route|operation)\s+([A-Z]+)\s+(\S+)(.*)/;

/** Whether a comment is one that `readGoDocs` reads. */
export function saysRoute({ text }: LeanNode): boolean {
  return SWAG_ROUTER.test(text) || SWAG_ID.test(text) || GO_SWAGGER.test(text);
}

/**
 * The operations that comments above a function, or first in it, say that it answers, as swag (`@Router /orders [get]`)
 * and go-swagger (`swagger:route GET /orders orders listOrders`) read them: lists of `@Router`, method, path and id.
 */
export function readGoDocs(node: LeanNode, above: readonly LeanNode[]): readonly Expression[] {
  const first = (node.child('body')?.children ?? []).findIndex((child) => child.type !== 'comment');
  const inside = (node.child('body')?.children ?? []).slice(0, Math.max(0, first));
  const lines = [...above, ...inside].flatMap((comment) => comment.text.split('\n'));
  const id = lines.flatMap((line) => SWAG_ID.exec(line)?.[1] ?? [])[0] ?? '';
  return lines.flatMap((line): Expression[] => {
    const [, route, verb] = SWAG_ROUTER.exec(line) ?? [];
    if (route !== undefined && verb !== undefined) return [documented(verb, route, id)];
    const [, method, path, rest = ''] = GO_SWAGGER.exec(line) ?? [];
    if (method === undefined || path === undefined) return [];
    return [documented(method, path, rest.trim().split(/\s+/).at(-1) ?? '')];
  });
}

function documented(method: string, path: string, id: string): Expression {
  return { kind: 'list', items: [nameOf('@Router'), stringOf(method), stringOf(path), stringOf(id)] };
}
