import type { Route } from '../../types-code.ts';
import { blockOf, listBranchCalls, listStatements, textAt, textsAt } from '../block-language.ts';
import { documentedId } from '../documented-ids.ts';
import { keyword, lastName, positional, shortName } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Handler } from '../handlers.ts';
import { type CallChain, type ChainLink, chainOfCalls } from '../names/call-chain.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { findPhpFiles } from '../php-paths.ts';
import { methodOf as httpMethod } from '../route-finder.ts';
import { joinPaths, toTemplate } from '../route-paths.ts';
import { findAction, methodOf } from './actions.ts';
import { routeText } from './config.ts';
import { classAt, enterGroup, type LaravelGroup } from './group.ts';
import { listLoopRounds } from './loops.ts';
import { listResourceRoutes } from './resources.ts';

const MAX_DEPTH = 16;
const VERBS = /^(get|post|put|patch|delete|options|any|match)$/;
const RESOURCES = /^(resource|apiResource|singleton|apiSingleton)$/;
const MANY_RESOURCES = /^(resources|apiResources|singletons|apiSingletons)$/;

/** Reads what route files and providers say to Laravel's router. */
export class LaravelMapper {
  readonly #resolver: Resolver;
  readonly #add: (route: Route) => void;
  readonly #read = new Set<string>();

  constructor(resolver: Resolver, add: (route: Route) => void) {
    this.#resolver = resolver;
    this.#add = add;
  }

  /** Files that were read so far. */
  get files(): ReadonlySet<string> {
    return this.#read;
  }

  readFile(file: string, group: LaravelGroup, depth = 0): void {
    this.#read.add(file);
    this.read({ file, scope: 0 }, group, depth + 1);
  }

  /** Reads what stands in a scope of a file. */
  read(place: Place, group: LaravelGroup, depth = 0): void {
    if (depth > MAX_DEPTH) return;
    for (const value of listStatements(this.#resolver.program.facts(place.file), place.scope)) {
      for (const call of listBranchCalls(value)) this.#statement(call, place, group, depth);
    }
  }

  #statement(call: CallExpression, place: Place, group: LaravelGroup, depth: number): void {
    if (/^(require|loadRoutesFrom)$/.test(lastName(call.callee) ?? '')) {
      const [path] = positional(call);
      for (const file of path === undefined ? [] : findPhpFiles(path, place, this.#resolver)) {
        if (file !== place.file) this.readFile(file, group, depth);
      }
      return;
    }
    const chain = routerChain(call);
    const at = chain?.links.findIndex(({ name }) => isTerminal(name)) ?? -1;
    const last = chain?.links[at];
    if (chain === null || last === undefined) {
      // `collect(…)->each(function ($name) { … })` and the like.
      this.#group(call, place, group, depth);
      return;
    }
    const inside = enterGroup(
      chain.links.slice(0, at + (last.name === 'group' ? 1 : 0)),
      group,
      place,
      this.#resolver,
    );
    const after = chain.links.slice(at);
    if (last.name === 'group') this.#group(last.call, place, inside, depth);
    else if (VERBS.test(last.name)) this.#route(last, after, place, inside);
    else if (last.name === 'fallback' || last.name === 'addRoute') return;
    else this.#resources(last, after, place, inside);
  }

  #group(call: CallExpression, place: Place, group: LaravelGroup, depth: number): void {
    const block = blockOf(call);
    if (block !== null) {
      this.read({ file: place.file, scope: block }, group, depth + 1);
      return;
    }
    for (const given of lastName(call.callee) === 'group' ? positional(call) : []) {
      if (given.kind === 'map') continue;
      for (const file of findPhpFiles(given, place, this.#resolver)) this.readFile(file, group, depth);
    }
  }

  #route(link: ChainLink, after: readonly ChainLink[], place: Place, group: LaravelGroup): void {
    const given = positional(link.call);
    const isMatch = link.name === 'match';
    const [uri, action] = isMatch ? given.slice(1) : given;
    const target = uri ?? keyword(link.call, 'uri');
    const methods = isMatch
      ? textsAt(given[0], place, group.names, this.#resolver).flatMap((text) => httpMethod(text) ?? [])
      : [httpMethod(link.name) ?? 'ANY'];
    const named = action ?? keyword(link.call, 'action') ?? undefined;
    for (const round of listLoopRounds(target, named, group, place, this.#resolver)) {
      const path = routeText(target, round.group.names, place, this.#resolver);
      const inside = enterGroup(after.slice(1), round.group, place, this.#resolver);
      const handler = findAction(round.action, link.call, inside, place, this.#resolver);
      if (path === null || handler === null) continue;
      for (const method of methods) {
        this.#addRoute(method, `${group.prefix}/${path}`, handler, inside.routeName, link.call, place);
      }
    }
  }

  #resources(link: ChainLink, after: readonly ChainLink[], place: Place, group: LaravelGroup): void {
    const [first, second = null] = positional(link.call);
    if (MANY_RESOURCES.test(link.name)) {
      for (const { key, value } of first?.kind === 'map' ? first.entries : []) {
        this.#resource(link.name.replace(/s$/, ''), key, value, after, place, group);
      }
      return;
    }
    const name = textAt(first, place, group.names, this.#resolver);
    if (name !== null) this.#resource(link.name, name, second, after, place, group);
  }

  #resource(
    kind: string,
    name: string,
    controller: Expression | null,
    links: readonly ChainLink[],
    place: Place,
    group: LaravelGroup,
  ): void {
    const type = classAt(controller, group, place, this.#resolver);
    const call = links[0]?.call;
    if (type === null || call === undefined) return;
    for (const { action, methods, path } of listResourceRoutes(
      kind,
      name,
      links,
      group,
      place,
      this.#resolver,
    )) {
      const handler = methodOf(type, action, this.#resolver);
      if (handler === null) continue;
      const routeName = `${group.routeName}${name.replaceAll('/', '.')}.${action}`;
      for (const method of methods)
        this.#addRoute(method, `${group.prefix}/${path}`, handler, routeName, call, place);
    }
  }

  #addRoute(
    method: Route['method'],
    path: string,
    handler: Handler,
    routeName: string,
    call: CallExpression,
    place: Place,
  ): void {
    // Generators of documents take the name of the route for the id.
    const named = routeName === '' || routeName.endsWith('.') ? null : routeName;
    for (const variant of variantsOf(path)) {
      this.#add({
        framework: 'laravel',
        method,
        path: toTemplate(joinPaths(variant).replace(/(?<=.)\/$/, ''), 'braces'),
        operationId: documentedId(handler.range, this.#resolver.program) ?? named,
        handler: handler.range,
        handlerName: handler.name,
        declaredAt: { file: place.file, startLine: call.line, endLine: call.endLine },
      });
    }
  }
}

/** A chain that begins at the facade `Route` or at a router that is handed over. */
export function routerChain(call: CallExpression): CallChain | null {
  const chain = chainOfCalls(call);
  if (chain === null) return null;
  const { root } = chain;
  if (root.kind === 'name')
    return shortName(root) === 'Route' || /^\$(router|api)$/.test(root.name) ? chain : null;
  // `app('router')->get(…)`
  const isContainer = root.kind === 'call' && root.callee.kind === 'name' && root.callee.name === 'app';
  const [given] = isContainer ? positional(root) : [];
  return given?.kind === 'string' && given.value === 'router' ? chain : null;
}

function isTerminal(name: string): boolean {
  return (
    name === 'group' ||
    name === 'fallback' ||
    VERBS.test(name) ||
    RESOURCES.test(name) ||
    MANY_RESOURCES.test(name)
  );
}

/** `users/{id?}` answers without its last parameter too. */
function variantsOf(path: string): readonly string[] {
  const optional = /\/?\{\w+\?\}$/.exec(path);
  return optional === null ? [path] : [path.slice(0, optional.index), path];
}
