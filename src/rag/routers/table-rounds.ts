import { entryOf, lastName, stringOf, walkExpression } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { constantOf } from '../names/constants.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';

const MAX_ROUNDS = 200;
const LOOPS = ['forEach', 'map', 'each'];
/** Calls that give the router that they are made on. */
const ITSELF = /^(routes|middleware|callback)$/;

/** What a loop goes over. */
interface Loop {
  /** The same for each name that the loop binds. */
  readonly key: string;
  readonly of: Expression;
  readonly at: Place;
}

/** A name that each round of a loop binds anew, to a row or to what is picked out of it. */
interface LoopName {
  readonly loop: Loop;
  readonly pick: string | number | null;
}

/**
 * One round of the loops around a call, such as `for router, prefix in TABLE:` or
 * `routes.forEach(({ path, router }) => app.use(path, router))`.
 */
export class TableRound {
  readonly #names: ReadonlyMap<string, LoopName>;
  readonly #rows: ReadonlyMap<string, Entity>;
  readonly #place: Place;
  readonly #resolver: Resolver;

  constructor(
    names: ReadonlyMap<string, LoopName>,
    rows: ReadonlyMap<string, Entity>,
    place: Place,
    resolver: Resolver,
  ) {
    this.#names = names;
    this.#rows = rows;
    this.#place = place;
    this.#resolver = resolver;
  }

  /** What an expression stands for in this round. */
  entitiesOf(expression: Expression): readonly Entity[] {
    if (!this.speaksOf(expression)) return this.#resolver.evaluate(expression, this.#place);
    switch (expression.kind) {
      case 'name':
        return this.#picked(expression.name);
      case 'member':
        return this.entitiesOf(expression.of).flatMap((owner) => [
          ...this.#resolver.member(owner, expression.name),
        ]);
      case 'call': {
        const { callee } = expression;
        return callee.kind === 'member' && ITSELF.test(callee.name) ? this.entitiesOf(callee.of) : [];
      }
      default:
        return [];
    }
  }

  /** The text of a path in this round; `null`: it is not known. */
  textOf(expression: Expression | null): string | null {
    if (expression === null || !this.speaksOf(expression))
      return constantOf(expression, this.#place, this.#resolver);
    if (expression.kind === 'join') return expression.parts.map((part) => this.textOf(part) ?? '').join('');
    for (const entity of this.entitiesOf(expression)) {
      const text = entity.kind === 'value' ? constantOf(entity.value, entity, this.#resolver) : null;
      if (text !== null) return text;
    }
    return null;
  }

  /** The expression that the table writes for a handler, and where it stands; `null`: it is computed. */
  writtenFor(expression: Expression): { readonly value: Expression; readonly place: Place } | null {
    const owner = expression.kind === 'member' ? expression.of : expression;
    const known = owner.kind === 'name' ? this.#names.get(owner.name) : undefined;
    const row = known === undefined ? undefined : this.#rows.get(known.loop.key);
    if (known === undefined || row?.kind !== 'value') return null;
    const key = expression.kind === 'member' ? expression.name : known.pick;
    const value = key === null ? row.value : partOf(row.value, key);
    return value === null ? null : { value, place: row };
  }

  /** The expression with what the row writes in place of the names, where both stand in one file. */
  substituted(expression: Expression): Expression {
    if (expression.kind === 'name') {
      const written = this.writtenFor(expression);
      return written?.place.file === this.#place.file ? written.value : expression;
    }
    if (expression.kind === 'join')
      return { ...expression, parts: expression.parts.map((part) => this.substituted(part)) };
    if (expression.kind !== 'list') return expression;
    return { ...expression, items: expression.items.map((item) => this.substituted(item)) };
  }

  /** Whether a name of the loops stands in an expression. */
  speaksOf(expression: Expression): boolean {
    let found = false;
    walkExpression(expression, (inner) => {
      if (inner.kind === 'name' && this.#names.has(inner.name)) found = true;
    });
    return found;
  }

  #picked(name: string): readonly Entity[] {
    const known = this.#names.get(name);
    const row = known === undefined ? undefined : this.#rows.get(known.loop.key);
    if (known === undefined || row === undefined) return [];
    return known.pick === null ? [row] : this.#resolver.values.pick(row, known.pick);
  }
}

/** The rounds of the loops whose names stand in `expressions`; `null`: there are none, or their tables are not known. */
export function listTableRounds(
  expressions: readonly Expression[],
  call: CallExpression,
  place: Place,
  resolver: Resolver,
): readonly TableRound[] | null {
  const names = new Map<string, LoopName>();
  for (const expression of expressions) {
    walkExpression(expression, (inner) => {
      if (inner.kind !== 'name' || names.has(inner.name)) return;
      const found = findLoop(inner.name, call.line, place, resolver);
      if (found !== null) names.set(inner.name, found);
    });
  }
  if (names.size === 0) return null;
  let rounds: ReadonlyMap<string, Entity>[] = [new Map()];
  for (const loop of new Map([...names.values()].map(({ loop: one }) => [one.key, one])).values()) {
    const rows = listRows(loop, resolver);
    rounds = rounds
      .flatMap((round) => rows.map((row) => new Map([...round, [loop.key, row] as const])))
      .slice(0, MAX_ROUNDS);
  }
  return rounds.length === 0 ? null : rounds.map((rows) => new TableRound(names, rows, place, resolver));
}

function findLoop(name: string, line: number, place: Place, { program }: Resolver): LoopName | null {
  const { scopes } = program.facts(place.file);
  for (let scope = place.scope; scope >= 0; scope = scopes[scope]?.parent ?? -1) {
    const at = { file: place.file, scope };
    const first = scopes[scope]?.params[0]?.name;
    const bindings = program.bindingsOf(at, name);
    // Loops one after the other may use one name again.
    const around = bindings.findLast(
      (one) => one.value?.kind === 'each' && one.line <= line && line <= one.endLine,
    );
    if (around?.value?.kind === 'each') {
      const { value, from, line: start, endLine, pick } = around;
      return {
        loop: { key: `${scope} ${start} ${endLine}`, of: value.of, at: { ...at, scope: from } },
        pick,
      };
    }
    const [taken] = bindings;
    const isTaken = taken?.value?.kind === 'name' && taken.value.name === first;
    if (taken !== undefined && !isTaken) return null;
    if (taken === undefined && first !== name) continue;
    const loop = loopAround(at, program);
    return loop === null ? null : { loop, pick: taken?.pick ?? null };
  }
  return null;
}

/** What the loop goes over whose body is the function that opens the scope at `place`. */
function loopAround(place: Place, program: Resolver['program']): Loop | null {
  for (const name of LOOPS) {
    for (const { file, placed } of program.callsNamed(name, 'javascript')) {
      const { callee, args } = placed.call;
      const body = args[0]?.value;
      const isBody = file === place.file && body?.kind === 'function' && body.scope === place.scope;
      if (!isBody || callee.kind !== 'member') continue;
      return { key: `${place.scope}`, of: callee.of, at: { file, scope: placed.scope } };
    }
  }
  return null;
}

function listRows({ of, at }: Loop, resolver: Resolver): readonly Entity[] {
  const table = of.kind === 'call' ? pairedTable(of) : null;
  if (table === null) return resolver.values.items(of, at);
  return resolver.evaluate(table, at).flatMap((entity): Entity[] => {
    if (entity.kind !== 'value' || entity.value.kind !== 'map') return [];
    return entity.value.entries.map(({ key, value }) => ({
      ...entity,
      value: { kind: 'list', items: [stringOf(key), value] },
    }));
  });
}

/** What `Object.entries(table)` and `table.items()` give in pairs; `null`: another call. */
function pairedTable({ callee, args }: CallExpression): Expression | null {
  if (callee.kind !== 'member') return null;
  if (callee.name === 'items' && args.length === 0) return callee.of;
  return callee.name === 'entries' && lastName(callee.of) === 'Object' ? (args[0]?.value ?? null) : null;
}

function partOf(row: Expression, key: string | number): Expression | null {
  if (typeof key === 'string') return entryOf(row, key);
  return row.kind === 'list' ? (row.items[key] ?? null) : null;
}
