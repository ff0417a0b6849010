import { z } from 'zod';
import { authEntry } from './auth.ts';
import { CONFIG_FILE } from './config-file.ts';
import { command, duration } from './config-values.ts';
import { drillsEntry } from './drill-entry.ts';
import { AppError } from './errors.ts';
import { embeddingsEntry, qdrantEntry } from './meaning-config.ts';
import { nearestWord } from './nearest.ts';
import { sloEntry } from './slo-entry.ts';
import { readYaml, type YamlDocument } from './yaml.ts';

/** Port of the forward proxy, that of the fault tool. */
const FORWARD_PORT = 3_180;

/** What breakwater.yaml may hold; all parts are optional. */
const schema = z.strictObject({
  app: z
    .strictObject({
      command,
      ready: z.string().optional(),
      env: z.record(z.string(), z.coerce.string()).default({}),
      install: command.optional(),
      test: command.optional(),
    })
    .optional(),
  dependencies: z.record(z.string(), z.string()).default({}),
  spec: z.string().optional(),
  rules: z.string().optional(),
  templates: z.string().optional(),
  targets: z
    .strictObject({
      allow_hosts: z.array(z.string()).default([]),
      tls: z
        .strictObject({ ca: z.string().optional(), cert: z.string().optional(), key: z.string().optional() })
        .refine(({ cert, key }) => (cert === undefined) === (key === undefined), 'cert and key go together')
        .optional(),
    })
    .default({ allow_hosts: [] }),
  limits: z
    .strictObject({
      rps: z.number().positive().default(2_000),
      clients: z.number().int().positive().default(200),
      duration: duration.default(900_000),
      runs: z.number().int().min(2).default(500),
    })
    .default({ rps: 2_000, clients: 200, duration: 900_000, runs: 500 }),
  forward_proxy: z
    .strictObject({ port: z.number().int().min(1).max(65_535).default(FORWARD_PORT) })
    .default({ port: FORWARD_PORT }),
  auth: z.record(z.string(), authEntry).default({}),
  slo: z.array(sloEntry).default([]),
  model: z
    .strictObject({
      base_url: z.url({ protocol: /^https?$/ }),
      model: z.string().min(1),
      env: z.string().optional(),
      timeout: duration.default(120_000),
    })
    .optional(),
  drills: drillsEntry.prefault({}),
  embeddings: embeddingsEntry.optional(),
  qdrant: qdrantEntry.optional(),
});

/** breakwater.yaml as it was read, defaults filled in. */
export type ConfigDocument = z.output<typeof schema>;

/**
 * Reads the text of breakwater.yaml; an empty text gives the defaults.
 *
 * @throws AppError CONFIG_INVALID with file, line and column.
 */
export function parseConfig(text: string): ConfigDocument {
  const [document] = readYaml(text, CONFIG_FILE);
  const result = schema.safeParse(document?.value ?? {});
  if (result.success) return result.data;
  throw new AppError(
    'CONFIG_INVALID',
    result.error.issues.map((issue) => describeIssue(issue, document)).join(' '),
    {
      hint: 'The README lists what breakwater.yaml may hold.',
    },
  );
}

function describeIssue(issue: z.core.$ZodIssue, document: YamlDocument | undefined): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const place = document?.locate(path, 'key') ?? { line: 1, column: 1 };
  const what = issue.code === 'unrecognized_keys' ? describeUnknown(issue) : issue.message;
  return `${CONFIG_FILE}:${place.line}:${place.column}: ${path.map(String).join('.') || 'the file'}: ${what}.`;
}

function describeUnknown({ keys: [key = ''], path, message }: z.core.$ZodIssueUnrecognizedKeys): string {
  const known = path.reduce<z.core.$ZodType | null>((at, step) => memberOf(at, step), schema);
  const names = known instanceof z.ZodObject ? Object.keys(known.shape) : [];
  if (names.length === 0) return message;
  const near = nearestWord(key, names);
  return near === null ? `no key; known are ${names.join(', ')}` : `no key; did you mean ${near}?`;
}

/** The schema of a member; `null`: it cannot be told. */
function memberOf(owner: z.core.$ZodType | null, step: PropertyKey): z.core.$ZodType | null {
  if (owner instanceof z.ZodObject) return unwrap(owner.shape[String(step)] ?? null);
  if (owner instanceof z.ZodRecord) return unwrap(owner.valueType);
  return owner instanceof z.ZodArray ? unwrap(owner.element) : null;
}

function unwrap(type: z.core.$ZodType | null): z.core.$ZodType | null {
  const isWrapped =
    type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault;
  return isWrapped ? unwrap(type.unwrap()) : type;
}
