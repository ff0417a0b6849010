import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import { checkTarget, fence } from '../policy.ts';
import type { Generated } from '../scenario/generate/generate.ts';
import { newId } from '../store.ts';
import type { Notice } from '../types.ts';
import type { OpenApiDocument } from '../types-openapi.ts';
import { formatDuration } from '../units.ts';
import type { Answer, Question } from './session/answer.ts';
import { askToReach } from './session/consent.ts';
import { parseDependencies } from './session/dependencies.ts';
import { rememberOperations } from './session/known-operations.ts';
import { pickSpec } from './session/pick-spec.ts';
import { readDocument } from './session/read-document.ts';
import { readYamlFiles } from './session/read-source.ts';
import { writeScenarioFiles } from './session/write-scenarios.ts';
import { defineTool } from './tool.ts';

/** Items side by side where nothing else is asked for, as in `scenario_run`. */
const DEFAULT_PARALLEL = 8;

const input = z.strictObject({
  spec: z
    .string()
    .optional()
    .describe(
      'OpenAPI document: path in the workspace or URL, e.g. http://127.0.0.1:8000/openapi.json. Default: spec of breakwater.yaml',
    ),
  base_url: z
    .string()
    .optional()
    .describe(
      'Origin of the running service, e.g. http://127.0.0.1:8000. Default: servers of the document, else the origin of spec',
    ),
  operations: z.array(z.string()).default([]).describe('Only these operationIds or "GET /path"'),
  tags: z.array(z.string()).default([]).describe('Only operations with one of these tags'),
  methods: z.array(z.string()).default([]).describe('Only these methods'),
  paths: z
    .array(z.string())
    .default([])
    .describe('Only paths that match one of these patterns, e.g. /orders/**'),
  shapes: z
    .array(z.string())
    .default([])
    .describe('Only these shapes, e.g. latency_spike, blackhole, dependency_hang. Default: all that apply'),
  headers: z.record(z.string(), z.string()).default({}).describe('Headers for every call'),
  path_values: z
    .record(z.string(), z.string())
    .default({})
    .describe('Values for path parameters, e.g. {"user_id": "1"}'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('Fixes every draw. Default: drawn and stored'),
  include_delete: z.boolean().default(false).describe('Make scenarios for DELETE too'),
  templates: z
    .string()
    .optional()
    .describe('Folder of own scenario templates. Default: templates of breakwater.yaml'),
  output: z
    .string()
    .optional()
    .describe('Write the scenarios to this .yaml file too, or to this folder, one file per endpoint'),
});

/** Operations that an answer lists; the file has all. */
const MAX_ROWS = 40;

/** Makes scenarios from an OpenAPI document. */
export default defineTool({
  name: 'scenario_generate',
  title: 'Generate scenarios',
  description:
    'Makes fault scenarios for the operations of an OpenAPI document (file or URL). Use it first. Each operation gets latency, jitter, packet loss, bandwidth, error and blackhole shapes; dependencies named in breakwater.yaml get slow, hanging, down and broken shapes. Answers with a scenario_id for scenario_run, the counts, what was left out and why, and the expected duration.',
  input,
  nature: { readOnly: false, destructive: false, idempotent: false, openWorld: false },
  async run(args, context): Promise<Answer | Question> {
    const { session, signal } = context;
    const [{ generateScenarios }, { readTemplates }, { writeScenarios }] = await Promise.all([
      import('../scenario/generate/generate.ts'),
      import('../scenario/generate/templates.ts'),
      import('../scenario/file/write.ts'),
    ]);
    const [config, store] = await Promise.all([session.loadConfig(), session.openStore()]);
    const spec = pickSpec(args, config);
    if (/^https?:/i.test(spec)) {
      await checkTarget(spec, config.allowHosts);
      const question = await askToReach([spec], 'Read the OpenAPI document from', context);
      if (question !== null) return question;
    }
    const document = await readDocument(spec, config, signal);
    const { source } = document;
    await rememberOperations(document, store);
    const folder = args.templates ?? config.templates;
    const templates = folder === null ? [] : await readYamlFiles(asFolder(folder), config);
    const generated = generateScenarios(document, {
      baseUrl: args.base_url ?? placeOf(source, document),
      operations: args.operations,
      tags: args.tags,
      methods: args.methods,
      paths: args.paths,
      shapes: args.shapes,
      templates: readTemplates(templates),
      headers: args.headers,
      auth: config.auth,
      pathValues: args.path_values,
      seed: args.seed ?? null,
      includeDelete: args.include_delete,
      dependencies: parseDependencies(config),
    });
    const id = newId('scn');
    const yaml = writeScenarios(generated.scenarios);
    await store.writeText(`scenarios/${id}.yaml`, yaml);
    await store.writeText('scenarios/latest', id);
    const made = generated.scenarios.map((scenario, index) => ({
      scenario,
      endpoint: generated.counts[index]?.endpoint ?? '',
    }));
    const files =
      args.output === undefined ? [] : await writeScenarioFiles(args.output, made, config, writeScenarios);

    const shapes = [...new Set(generated.counts.map(({ shape }) => shape))];
    const endpoints = [...new Set(generated.counts.map(({ endpoint }) => endpoint))];
    const moved = args.base_url === undefined ? noteMoved(source, document) : [];
    const notices = [...moved, ...document.notices, ...generated.notices];
    const lines = [
      `${count(generated.scenarios.length, 'scenario')} for ${count(endpoints.length, 'operation')} of "${document.title}" (OpenAPI ${document.specVersion}): ${id}`,
      `Shapes: ${shapes.join(', ')}. ${await describeTime(generated)}${describeFiles(files)}`,
      '',
      markdownTable(
        ['operation', 'scenarios'],
        endpoints
          .slice(0, MAX_ROWS)
          .map((endpoint) => [
            endpoint,
            String(generated.counts.filter((count) => count.endpoint === endpoint).length),
          ]),
      ),
      ...(endpoints.length > MAX_ROWS ? [`and ${endpoints.length - MAX_ROWS} more operations`] : []),
      ...(notices.length === 0
        ? []
        : [
            '',
            'Left out or guessed:',
            ...notices.slice(0, 20).map(({ where, message }) => `- ${where}: ${message}`),
          ]),
      ...(notices.length > 20 ? [`- and ${notices.length - 20} more`] : []),
      '',
      'The first one:',
      fence(yaml.split('\n---\n')[0] ?? '', 1_200, 'yaml'),
    ];
    return {
      text: lines.join('\n'),
      facts: {
        scenario_id: id,
        file: files[0] ?? `.breakwater/scenarios/${id}.yaml`,
        files,
        scenarios: generated.scenarios.length,
        operations: endpoints,
        shapes,
        expected_ms: generated.expectedMs,
        notices: notices.map(({ where, message }) => ({ where, message })),
      },
      next: [{ tool: 'scenario_run', args: { scenario_id: id } }],
      verdict: null,
    };
  },
});

/** Time of a run as `scenario_run` makes it by default, and one item after another. */
async function describeTime({ scenarios, expectedMs }: Generated): Promise<string> {
  const [{ planItems }, { boundRun, limitLanes, orderItems }] = await Promise.all([
    import('../scenario/run/plan.ts'),
    import('../scenario/run/order.ts'),
  ]);
  const limits = limitLanes(DEFAULT_PARALLEL);
  const plans = planItems({ scenarios, baseUrl: null, headers: {}, operations: [], titles: [] });
  const bestMs = boundRun(orderItems(plans, limits, { proxies: new Map(), forward: false }), limits);
  const show = (ms: number) => formatDuration(Math.max(1, Math.round(ms / 1_000)) * 1_000);
  return `One run takes about ${show(bestMs)}, ${DEFAULT_PARALLEL} items side by side (${show(expectedMs)} one after another).`;
}

function describeFiles(files: readonly string[]): string {
  const [first] = files;
  if (first === undefined) return '';
  return files.length === 1
    ? ` Written to ${first}.`
    : ` Written to ${files.length} files: ${files.join(', ')}.`;
}

/** A file of templates is not one of scenarios: only a folder is taken. */
function asFolder(path: string): string {
  return `${path.replace(/\/+$/, '')}/*.{yaml,yml}`;
}

/** A document that was read from a running service describes that service, whatever servers it names. */
function placeOf(source: string, document: OpenApiDocument): string | null {
  return /^https?:/i.test(source) && !namesOrigin(document, new URL(source).origin)
    ? new URL(source).origin
    : null;
}

function noteMoved(source: string, document: OpenApiDocument): readonly Notice[] {
  const place = placeOf(source, document);
  const [server] = document.servers;
  if (place === null || server === undefined) return [];
  return [
    {
      where: 'servers',
      message: `the document names ${server}, but was read from ${place}: the calls go there. base_url changes that.`,
    },
  ];
}

function namesOrigin(document: OpenApiDocument, origin: string): boolean {
  return document.servers.some((server) => new URL(server).origin === origin);
}

function count(many: number, noun: string): string {
  return `${many} ${noun}${many === 1 ? '' : 's'}`;
}
