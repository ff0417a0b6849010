import type { AuthScheme } from '../../auth.ts';
import { AppError } from '../../errors.ts';
import { redactHeaders } from '../../policy.ts';
import { createRandom } from '../../random.ts';
import type { Notice, ProxyMapping, Scenario, StringMap } from '../../types.ts';
import type { OpenApiDocument } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import { estimateScenarios } from '../estimate.ts';
import { chooseRecipes, noteRepeats, suits } from './choose-recipes.ts';
import { buildLinkedRequest } from './links.ts';
import type { Recipe } from './recipe.ts';
import { type GivenSecurity, noteSecurity } from './security.ts';
import { type Choice, endpointOf, selectOperations } from './select.ts';

export interface GenerateOptions extends Choice {
  /** `null`: the document's first server. */
  readonly baseUrl: string | null;
  /** Ids of shapes and templates; empty: all. */
  readonly shapes: readonly string[];
  /** Of the user's own. */
  readonly templates: readonly Recipe[];
  readonly headers: StringMap;
  /** Schemes that breakwater.yaml configures. */
  readonly auth: readonly AuthScheme[];
  readonly pathValues: StringMap;
  readonly seed: number | null;
  /** Name to where it is; a listening port of 0: none is stated. */
  readonly dependencies: Readonly<Record<string, ProxyMapping>>;
}

export interface Generated {
  readonly scenarios: readonly Scenario[];
  /** What was left out and why, and what was guessed. */
  readonly notices: readonly Notice[];
  /** Time of a run, one item after another. */
  readonly expectedMs: number;
  /** One entry for each scenario. */
  readonly counts: readonly { readonly endpoint: string; readonly shape: string }[];
}

/**
 * Makes one scenario for each operation and shape. The same document and options give the same scenarios.
 *
 * @throws AppError BAD_INPUT when a shape or operation is unknown, no operation is left, or no server is known.
 */
export function generateScenarios(document: OpenApiDocument, options: GenerateOptions): Generated {
  const dependencies = Object.entries(options.dependencies).map(([name, mapping]) => ({ name, mapping }));
  const { recipes, notices: unmade } = chooseRecipes(options.shapes, options.templates, dependencies.length);
  const selection = selectOperations(document, options);
  const baseUrl = chooseBaseUrl(document, options.baseUrl);
  const given: GivenSecurity = { schemes: options.auth, headers: options.headers };
  const notices: Notice[] = [
    ...selection.notices,
    ...noteHeaders(options.headers),
    ...noteSecurity(selection.operations, given),
  ];
  const made = selection.operations.flatMap((operation) => {
    const random = createRandom(options.seed ?? 0, 'sample', operation.method, operation.path);
    const request = buildLinkedRequest(
      operation,
      { document, baseUrl, pathValues: options.pathValues, security: given, random },
      options.includeDelete,
    );
    notices.push(...request.notices, ...noteRepeats(operation, recipes));
    const places = recipes
      .filter((recipe) => suits(recipe, operation))
      .flatMap((recipe) =>
        (recipe.scope === 'edge' ? [null] : dependencies).map((dependency) => ({ recipe, dependency })),
      );
    return places.flatMap(({ recipe, dependency }) => {
      const result = recipe.make({
        operation,
        request,
        dependency,
        headers: redactHeaders(options.headers),
        seed: options.seed,
      });
      notices.push(...result.notices);
      return result.scenarios.map((scenario) => ({
        endpoint: endpointOf(operation),
        shape: recipe.id,
        scenario,
      }));
    });
  });
  notices.push(...unmade);
  const scenarios = made.map(({ scenario }) => scenario);
  return {
    scenarios,
    notices: dropDoubles(notices),
    expectedMs: estimateScenarios(scenarios).durationMs,
    counts: made.map(({ endpoint, shape }) => ({ endpoint, shape })),
  };
}

/** Every operation raises the same notices about a template again. */
function dropDoubles(notices: readonly Notice[]): readonly Notice[] {
  return [...new Map(notices.map((notice) => [`${notice.where} ${notice.message}`, notice])).values()];
}

function chooseBaseUrl(document: OpenApiDocument, baseUrl: string | null): string {
  const server = document.servers[0];
  if (baseUrl === null) {
    if (server !== undefined) return server;
    throw new AppError('BAD_INPUT', `${document.source} names no server with an absolute URL.`, {
      hint: 'Give base_url, e.g. http://127.0.0.1:8000.',
    });
  }
  if (!/^https?:\/\//i.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new AppError(
      'BAD_INPUT',
      `base_url: expected a URL such as http://127.0.0.1:8000, got ${quote(baseUrl)}.`,
    );
  }
  const { origin, pathname } = new URL(baseUrl);
  // An origin alone stands for another place of the same service, whose paths begin as the document says.
  const path = pathname === '/' && server !== undefined ? new URL(server).pathname : pathname;
  return `${origin}${path}`.replace(/\/+$/, '');
}

function noteHeaders(headers: StringMap): readonly Notice[] {
  return Object.keys(headers)
    .filter((name) => redactHeaders({ [name]: 'x' })[name] !== 'x')
    .map((name) => ({
      where: 'headers',
      message: `${name} is a secret and not written into the scenarios: give it to scenario_run as headers.`,
    }));
}
