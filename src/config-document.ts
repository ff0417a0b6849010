import { z } from 'zod';
import { authEntry } from './auth.ts';
import { CONFIG_FILE } from './config-file.ts';
import { describeConfigIssue } from './config-issue.ts';
import { command, duration } from './config-values.ts';
import { drillsEntry } from './drill-entry.ts';
import { AppError } from './errors.ts';
import { embeddingsEntry, qdrantEntry } from './meaning-config.ts';
import { sloEntry } from './slo-entry.ts';
import { readYaml } from './yaml.ts';

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
    result.error.issues.map((issue) => describeConfigIssue(issue, document, schema)).join(' '),
    {
      hint: 'The README and docs/drills.md list what breakwater.yaml may hold.',
    },
  );
}
