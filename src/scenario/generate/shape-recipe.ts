import type { Item } from '../../types.ts';
import { configOf, type Ingredients, listStatuses, preflightOf, type Recipe, reachOf } from './recipe.ts';
import { expectationOf, type Shape } from './shape.ts';

/** Gives the recipe by which a listed shape becomes one scenario. */
export function recipeOf(shape: Shape): Recipe {
  return {
    id: shape.id,
    scope: shape.scope,
    byNameOnly: shape.byNameOnly,
    repeats: shape.strategy.mode !== 'single',
    make(ingredients) {
      const fill = (text: string) => text.replaceAll('{dependency}', ingredients.dependency?.name ?? '');
      const scenario = {
        title: fill(shape.title),
        description: fill(shape.description),
        config: configOf(ingredients),
        items: [makeItem(shape, ingredients)],
      };
      return { scenarios: [scenario], notices: [] };
    },
  };
}

function makeItem(shape: Shape, ingredients: Ingredients): Item {
  const { operation, request } = ingredients;
  const { upstream, mappings } = reachOf(ingredients);
  return {
    call: { ...request.call, timeoutMs: shape.timeoutMs ?? request.call.timeoutMs },
    context: {
      upstreams: [upstream],
      faults: shape.faults,
      strategy: shape.strategy,
      slos: shape.slos,
      proxy: { disableHttpProxies: false, mappings },
      preflight: preflightOf(operation),
      runsOn: null,
    },
    expect: expectationOf(shape, listStatuses(operation)),
  };
}
