import { INITIALIZER } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import type { SymbolPlace } from './named-entries.ts';
import type { Program } from './program.ts';

const TEST_DOUBLE =
  /(^|\/)(tests?|testing|test-?_?helpers?|testutils?|mocks?|fakes?|stubs?)\/|_test\.go$|(^|\/)(mock|fake|stub)[-_][^/]*$|_mock\.go$|[-.](mock|fake|stub)\.\w+$/i;

/**
 * Of what a call may lead to, what it means: the overloads that take so many arguments, and no test double where there
 * is something else. Never fewer than one.
 */
export function keepMeant<T extends SymbolPlace>(
  targets: readonly T[],
  call: CallExpression,
  program: Program,
): T[] {
  const real = targets.filter(({ file }) => !TEST_DOUBLE.test(file));
  const meant = real.length > 0 ? real : targets;
  return meant.filter((target) => {
    if (!/^(csharp|java)$/.test(program.facts(target.file).language)) return true;
    const overloads = meant.filter((other) => isOverload(target, other, program));
    const given = call.args.filter(({ name }) => name !== INITIALIZER).length;
    const fitting = overloads.filter((other) => countParams(other, program) === given);
    return fitting.length === 0 || fitting.includes(target);
  });
}

function isOverload(one: SymbolPlace, other: SymbolPlace, program: Program): boolean {
  const [a, b] = [program.symbol(one), program.symbol(other)];
  return one.file === other.file && a.name === b.name && a.parent === b.parent;
}

function countParams(target: SymbolPlace, program: Program): number {
  const { scope } = program.symbol(target);
  return program.facts(target.file).scopes[scope ?? -1]?.params.length ?? -1;
}
