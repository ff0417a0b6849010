import type { AuthScheme } from '../../auth.ts';
import { AppError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { redactHeaders } from '../../policy.ts';
import { formatMapping } from '../../proxy/mapping.ts';
import { createRandom } from '../../random.ts';
import type { Item, Notice, ProxyMapping, Scenario, StringMap } from '../../types.ts';
import type { OpenApiDocument, Operation } from '../../types-openapi.ts';
import { quote } from '../../units.ts';
import { estimateScenarios } from '../estimate.ts';
import { buildLinkedRequest, type LinkedRequest } from './links.ts';
import { type GivenSecurity, noteSecurity } from './security.ts';
import { type Choice, endpointOf, selectOperations } from './select.ts';
import { expectationOf, type Shape } from './shape.ts';
import { SHAPES } from './shapes/index.ts';

export interface GenerateOptions extends Choice {
  /** `null`: the document's first server. */
  readonly baseUrl: string | null;
  /** Ids of shapes; empty: all. */
  readonly shapes: readonly string[];
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

interface Dependency {
  readonly name: string;
  readonly mapping: ProxyMapping;
}

/**
 * Makes one scenario for each operation and shape. The same document and options give the same scenarios.
 *
 * @throws AppError BAD_INPUT when a shape or operation is unknown, no operation is left, or no server is known.
 */
export function generateScenarios(document: OpenApiDocument, options: GenerateOptions): Generated {
  const shapes = selectShapes(options);
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
    notices.push(...request.notices, ...noteRepeats(operation, shapes));
    return shapes
      .filter((shape) => suits(shape, operation))
      .flatMap((shape) => makeScenarios(shape, operation, request, options));
  });
  const scenarios = made.map(({ scenario }) => scenario);
  return {
    scenarios,
    notices,
    expectedMs: estimateScenarios(scenarios).durationMs,
    counts: made.map(({ endpoint, shape }) => ({ endpoint, shape })),
  };
}

function makeScenarios(shape: Shape, operation: Operation, request: LinkedRequest, options: GenerateOptions) {
  const dependencies = Object.entries(options.dependencies).map(([name, mapping]) => ({ name, mapping }));
  return (shape.scope === 'edge' ? [null] : dependencies).map((dependency) => {
    const fill = (text: string) => text.replaceAll('{dependency}', dependency?.name ?? '');
    const scenario: Scenario = {
      title: fill(shape.title),
      description: fill(shape.description),
      config: {
        headers: redactHeaders(options.headers),
        segments: request.segments,
        seed: options.seed,
        setup: request.setup,
        teardown: request.teardown,
      },
      items: [makeItem(shape, operation, request, dependency)],
    };
    return { endpoint: endpointOf(operation), shape: shape.id, scenario };
  });
}

function makeItem(
  shape: Shape,
  operation: Operation,
  request: LinkedRequest,
  dependency: Dependency | null,
): Item {
  const { call } = request;
  const mapping = dependency?.mapping;
  return {
    call: { ...call, timeoutMs: shape.timeoutMs ?? call.timeoutMs },
    context: {
      upstreams: [mapping === undefined ? originOf(call.url) : formatMapping({ ...mapping, listenPort: 0 })],
      faults: shape.faults,
      strategy: shape.strategy,
      slos: shape.slos,
      proxy: {
        disableHttpProxies: false,
        mappings: mapping === undefined || mapping.listenPort === 0 ? [] : [mapping],
      },
      // RFC 9110 §9.2.2: PUT is idempotent, so that a call beforehand leaves nothing in the way of the next.
      preflight: operation.method === 'PUT' ? true : null,
      runsOn: null,
    },
    expect: expectationOf(shape, listStatuses(operation)),
  };
}

/** Every documented 2xx; 200 where none is. */
function listStatuses({ responses }: Operation): readonly number[] {
  const documented = responses
    .map(({ status }) => Number(status))
    .filter((status) => status >= 200 && status < 300);
  if (documented.length > 0) return documented.toSorted((left, right) => left - right);
  return responses.some(({ status }) => status === '2XX') ? [200, 201, 202, 204] : [200];
}

/** A second DELETE of one thing fails on the first one's traces, whatever the network does. */
function suits({ strategy }: Shape, { method }: Operation): boolean {
  return method !== 'DELETE' || strategy.mode === 'single';
}

function noteRepeats(operation: Operation, shapes: readonly Shape[]): readonly Notice[] {
  const left = shapes.filter((shape) => !suits(shape, operation)).map(({ id }) => id);
  if (left.length === 0) return [];
  const message = `left out: ${left.join(', ')}, which would delete the same thing more than once.`;
  return [{ where: endpointOf(operation), message }];
}

function selectShapes({ shapes, dependencies }: GenerateOptions): readonly Shape[] {
  const known = SHAPES.map(({ id }) => id);
  const normal = shapes.map((shape) => shape.trim().toLowerCase().replaceAll('-', '_'));
  for (const [index, shape] of normal.entries()) {
    if (known.includes(shape)) continue;
    throw new AppError(
      'BAD_INPUT',
      `shapes: there is no shape ${quote(shapes[index])}; the nearest is "${nearest(shape, known)}".`,
      {
        hint: `Shapes are ${known.join(', ')}.`,
      },
    );
  }
  const chosen = SHAPES.filter(({ id }) => normal.length === 0 || normal.includes(id));
  const none = Object.keys(dependencies).length === 0;
  if (none && chosen.every(({ scope }) => scope === 'dependency')) {
    throw new AppError('BAD_INPUT', `shapes: ${normal.join(', ')} need a dependency, and none is known.`, {
      hint: 'Name the service\'s dependencies in breakwater.yaml, e.g. "dependencies: { db: psql://127.0.0.1:5432 }".',
    });
  }
  return chosen.filter(({ scope }) => scope === 'edge' || !none);
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

function originOf(url: string): string {
  return /^https?:\/\/[^/?#]+/i.exec(url)?.[0] ?? url;
}

function noteHeaders(headers: StringMap): readonly Notice[] {
  return Object.keys(headers)
    .filter((name) => redactHeaders({ [name]: 'x' })[name] !== 'x')
    .map((name) => ({
      where: 'headers',
      message: `${name} is a secret and not written into the scenarios: give it to scenario_run as headers.`,
    }));
}
