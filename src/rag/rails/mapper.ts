import { blockOf, listBranchCalls, listRounds, listStatements, textAt, textsAt } from '../block-language.ts';
import { positional } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import { scopeOf } from '../names/lookups.ts';
import { readDevise } from './devise.ts';
import type { RouteTarget } from './endpoints.ts';
import { scopeBelow, scopeInside } from './groups.ts';
import { readMatch, readRoot, routesOfAction } from './matches.ts';
import { readResource, standardActions } from './resources.ts';
import { enterResource, isInResource, joinParts, OUTERMOST, optionOf, type RailsScope } from './scope.ts';

const MAX_DEPTH = 24;
const VERBS = /^(get|post|put|patch|delete|head|options|match)$/;
/** `resources`, and what an application builds on it, such as `admin_resources`. */
const RESOURCES = /^(\w+_)?resources?$/;
/** Calls whose blocks are routes, whatever they ask of a request. */
const SCOPE_OPTIONS = ['path', 'module', 'controller', 'shallow', 'shallow_path'] as const;

/** Reads one table of routes as Action Dispatch's mapper would. */
export class RailsMapper {
  readonly #target: RouteTarget;
  readonly #concerns = new Map<string, { readonly block: number; readonly place: Place }>();

  constructor(target: RouteTarget) {
    this.#target = target;
  }

  /** Reads what stands in a scope of a file. */
  read(place: Place, scope: RailsScope = OUTERMOST, depth = 0): void {
    if (depth > MAX_DEPTH) return;
    const facts = this.#target.resolver.program.facts(place.file);
    const calls = listStatements(facts, place.scope).flatMap((value) => [...listBranchCalls(value)]);
    for (const call of calls) this.#call(call, place, scope, depth);
  }

  #call(call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    const { resolver } = this.#target;
    const rounds = listRounds(call, place, scope.names, resolver);
    if (rounds !== null) {
      for (const names of rounds) this.#block(call, place, { ...scope, names }, depth);
      return;
    }
    const name = nameOnMapper(call);
    if (name === null) return;
    if (VERBS.test(name)) readMatch(name, call, place, scope, this.#target);
    else if (name === 'root') readRoot(call, place, scope, this.#target);
    else if (RESOURCES.test(name)) this.#resources(name, call, place, scope, depth);
    else if (name === 'concern') this.#defineConcern(call, place, scope);
    else if (name === 'concerns') this.#concernsNamed(positional(call), place, scope, depth);
    else if (name === 'draw') this.#draw(call, place, scope, depth);
    else if (name === 'devise_for') readDevise(call, place, scope, this.#target);
    else if (name === 'mount') this.#target.mount(call, place, scope);
    else if (!/^(direct|resolve)$/.test(name)) this.#open(name, call, place, scope, depth);
  }

  #open(name: string, call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    if (blockOf(call) === null) {
      this.#helper(call, place, scope, depth);
      return;
    }
    const inside = scopeInside(name, call, place, scope, this.#target.resolver);
    this.#block(call, place, inside, depth);
  }

  #resources(name: string, call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    const { resolver } = this.#target;
    const isSingular = name.endsWith('resource');
    const nested = isInResource(scope) ? enterResource(scope, 'nested') : scope;
    const outer = SCOPE_OPTIONS.some(
      (option) => option !== 'path' && call.args.some((a) => a.name === option),
    )
      ? scopeBelow(
          {
            ...call,
            args: call.args.filter((argument) => !/^(controller|only|except)$/.test(argument.name ?? '')),
          },
          nested,
          '',
          textAt(optionOf(call, scope, 'module'), place, scope.names, resolver) ?? '',
          place,
          resolver,
        )
      : nested;
    for (const given of positional(call)) {
      if (given.kind === 'function') continue;
      for (const one of textsAt(given, place, scope.names, resolver)) {
        const resource = readResource(one, call, isSingular, outer, place, resolver);
        const inside: RailsScope = {
          ...outer,
          resource,
          controller: resource.controller,
          level: isSingular ? 'resource' : 'resources',
        };
        this.#block(call, place, inside, depth);
        this.#concernsNamed(listOf(optionOf(call, scope, 'concerns')), place, inside, depth);
        for (const action of standardActions(call, isSingular, outer, place, resolver)) {
          const at = enterResource(inside, action.where);
          for (const method of action.methods) {
            routesOfAction(
              method,
              joinParts(at.path, action.below),
              action.action,
              call,
              place,
              at,
              this.#target,
            );
          }
        }
      }
    }
  }

  #block(call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    const block = blockOf(call);
    if (block !== null) this.read({ file: place.file, scope: block }, scope, depth + 1);
  }

  #defineConcern(call: CallExpression, place: Place, scope: RailsScope): void {
    const name = textAt(positional(call)[0], place, scope.names, this.#target.resolver);
    const block = blockOf(call);
    if (name !== null && block !== null) this.#concerns.set(name, { block, place });
  }

  #concernsNamed(given: readonly Expression[], place: Place, scope: RailsScope, depth: number): void {
    for (const one of given) {
      for (const name of textsAt(one, place, scope.names, this.#target.resolver)) {
        const concern = this.#concerns.get(name);
        if (concern === undefined) continue;
        this.read({ file: concern.place.file, scope: concern.block }, scope, depth + 1);
      }
    }
  }

  /** `draw(:admin)` reads `config/routes/admin.rb`. */
  #draw(call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    const name = textAt(positional(call)[0], place, scope.names, this.#target.resolver);
    const file = name === null ? null : this.#target.findTable(name, place.file);
    if (file !== null) this.read({ file, scope: 0 }, scope, depth + 1);
  }

  /** A method that the table's file defines for itself. */
  #helper(call: CallExpression, place: Place, scope: RailsScope, depth: number): void {
    const { resolver } = this.#target;
    if (call.callee.kind !== 'name') return;
    for (const entity of resolver.evaluate(call.callee, place)) {
      const body = entity.kind === 'symbol' ? scopeOf(entity, resolver.program) : null;
      if (body === null || body.file !== place.file) continue;
      const names = new Map(scope.names);
      resolver.program.facts(body.file).scopes[body.scope]?.params.forEach((param, index) => {
        const text = textAt(positional(call)[index], place, scope.names, resolver);
        if (text !== null) names.set(param.name, text);
      });
      this.read(body, { ...scope, names }, depth + 1);
    }
  }
}

/** The name of a call on the mapper, which is the block's `self` or its parameter. */
function nameOnMapper({ callee }: CallExpression): string | null {
  if (callee.kind === 'name') return callee.name;
  return callee.kind === 'member' && callee.of.kind === 'name' && /^[a-z]/.test(callee.of.name)
    ? callee.name
    : null;
}

function listOf(expression: Expression | null): readonly Expression[] {
  return expression === null ? [] : [expression];
}
