import { AppError } from '../../errors.ts';
import { nearestWord } from '../../nearest.ts';
import type { Notice } from '../../types.ts';
import type { Operation } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import type { Recipe } from './recipe.ts';
import { endpointOf } from './select.ts';
import { recipeOf } from './shape-recipe.ts';
import { SHAPES } from './shapes/index.ts';

/** What is made, and what is not and why. */
export interface ChosenRecipes {
  readonly recipes: readonly Recipe[];
  readonly notices: readonly Notice[];
}

/**
 * Chooses shapes and templates by name; without names, all but those that have to be asked for.
 *
 * @throws AppError BAD_INPUT when a name is unknown, or all that is asked for needs a dependency and none is known.
 */
export function chooseRecipes(
  names: readonly string[],
  templates: readonly Recipe[],
  dependencies: number,
): ChosenRecipes {
  const all = [...SHAPES.map(recipeOf), ...templates];
  const known = all.map(({ id }) => id);
  const wanted = names.map((name) => readName(name, known));
  const chosen = all.filter(({ id, byNameOnly }) =>
    wanted.length === 0 ? !byNameOnly : wanted.includes(id),
  );
  const behind = chosen.filter(({ scope }) => scope === 'dependency');
  if (dependencies === 0 && behind.length === chosen.length) {
    throw new AppError('BAD_INPUT', `shapes: ${wanted.join(', ')} need a dependency, and none is known.`, {
      hint: 'Name the service\'s dependencies in breakwater.yaml, e.g. "dependencies: { db: psql://127.0.0.1:5432 }".',
    });
  }
  const named = all.filter(
    ({ byNameOnly, scope }) => byNameOnly && wanted.length === 0 && (scope === 'edge' || dependencies > 0),
  );
  return {
    recipes: chosen.filter(({ scope }) => scope === 'edge' || dependencies > 0),
    notices: [
      ...(dependencies === 0 && behind.length > 0
        ? [note(behind, 'left out: no dependency is named in breakwater.yaml ("dependencies").')]
        : []),
      ...(named.length > 0 ? [note(named, 'left out: only made where "shapes" names it.')] : []),
    ],
  };
}

/** A second DELETE of one thing fails on the first one's traces, whatever the network does. */
export function suits({ repeats }: Recipe, { method }: Operation): boolean {
  return method !== 'DELETE' || !repeats;
}

/** Says which recipes do not suit an operation. */
export function noteRepeats(operation: Operation, recipes: readonly Recipe[]): readonly Notice[] {
  const left = recipes.filter((recipe) => !suits(recipe, operation)).map(({ id }) => id);
  if (left.length === 0) return [];
  const message = `left out: ${left.join(', ')}, which would delete the same thing more than once.`;
  return [{ where: endpointOf(operation), message }];
}

function note(recipes: readonly Recipe[], message: string): Notice {
  return { where: recipes.map(({ id }) => id).join(', '), message };
}

function readName(name: string, known: readonly string[]): string {
  const plain = name.trim().toLowerCase().replaceAll('-', '_');
  const found = known.find((id) => id === name.trim()) ?? known.find((id) => id === plain);
  if (found !== undefined) return found;
  const near = nearestWord(plain, known);
  throw new AppError(
    'BAD_INPUT',
    `shapes: there is no shape ${quote(name)}${near === null ? '.' : `; the nearest is "${near}".`}`,
    { hint: `Shapes are ${known.join(', ')}.` },
  );
}
