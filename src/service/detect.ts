import { type DetectedCommand, detectCommand } from './detect-command.ts';
import { type DetectedDependencies, detectDependencies } from './detect-dependencies.ts';
import { detectPort } from './detect-port.ts';
import { openProjectFiles, type ProjectFiles } from './project-files.ts';

/** A proposal for a project's breakwater.yaml. */
export interface DetectedConfig {
  /** Text of the file, with comments that say where each part was read. */
  readonly text: string;
  /** What a person should look at before approving it, one sentence each. */
  readonly notes: readonly string[];
}

const SPEC_FILES = ['openapi.yaml', 'openapi.yml', 'openapi.json', 'docs/openapi.yaml', 'docs/openapi.json'];
const HEALTH = /['"`](\/(?:api\/)?(?:health|healthz|ready|readyz|livez|ping|status))['"`]/;

/**
 * Looks at a project (package scripts, Procfile, compose file, Python requirements, `.env` names) and proposes
 * its breakwater.yaml. Nothing is written or started; values that look secret are not taken over.
 */
export async function detectConfig(root: string): Promise<DetectedConfig> {
  const files = openProjectFiles(root);
  const command = await detectCommand(files);
  const found = await detectDependencies(files);
  const health = await findHealthPath(files);
  const spec = await findSpec(files, command);
  const lines = [
    '# How Breakwater starts this service when it tries a patch or runs a drill.',
    '# Proposed by `breakwater init`: check it, then approve it with `breakwater trust`.',
    ...(command === null ? writeUnknownApp() : writeApp(command, health, found)),
    ...writeDependencies(found),
    ...(spec.line === null ? [] : [spec.line]),
  ];
  return { text: `${lines.join('\n')}\n`, notes: listNotes(command, health, found, spec) };
}

async function findHealthPath(files: ProjectFiles): Promise<string | null> {
  const matches = (await files.readSources()).flatMap(({ text }) => HEALTH.exec(text)?.[1] ?? []);
  return matches[0] ?? null;
}

interface FoundSpec {
  /** Line of the file; `null`: there is nothing to propose. */
  readonly line: string | null;
  readonly note: string | null;
}

/** A document that the service itself serves says where it runs, too; so it goes before a file. */
async function findSpec(files: ProjectFiles, command: DetectedCommand | null): Promise<FoundSpec> {
  const server = command !== null && (await servesSpec(files, command)) ? command : null;
  const port = server === null ? null : await detectPort(files, server);
  if (port !== null) {
    return {
      line: `spec: http://127.0.0.1:${port.port}/openapi.json  # its port: ${port.why}`,
      note: `spec takes its port from ${port.why}: change it where the service listens on another.`,
    };
  }
  const file = await files.readFirst(SPEC_FILES);
  if (file !== null) return { line: `spec: ${quoteText(file.path)}`, note: null };
  return server === null
    ? { line: null, note: 'No OpenAPI document was found: give spec as a path or URL.' }
    : {
        line: '# spec: http://127.0.0.1:PORT/openapi.json   # nothing names its port',
        note: 'The service serves /openapi.json, but nothing names its port: fill in spec.',
      };
}

async function servesSpec(files: ProjectFiles, { servesOpenApi }: DetectedCommand): Promise<boolean> {
  if (servesOpenApi) return true;
  return (await files.readSources()).some(({ text }) => /['"`]\/openapi\.json['"`]/.test(text));
}

function writeApp(
  { command, why, portByEnv, install, test }: DetectedCommand,
  health: string | null,
  { variables, secretNames }: DetectedDependencies,
): string[] {
  const env = [
    ...(portByEnv ? ['PORT: "{port}"'] : []),
    ...variables.map(
      ({ name, value, passwordLeftOut }) =>
        `${name}: ${quoteText(value)}${passwordLeftOut ? '  # its password was left out' : ''}`,
    ),
    ...secretNames.map((name) => `# ${name}: its value looks secret and was left out`),
  ];
  return [
    'app:',
    `  # ${why}`,
    `  command: ${quoteList(command)}`,
    ...(health === null
      ? [
          '  # ready: http://127.0.0.1:{port}/health   # without it, the service is ready when its port accepts',
        ]
      : [`  ready: http://127.0.0.1:{port}${health}`]),
    ...(env.length === 0 ? [] : ['  env:', ...env.map((line) => `    ${line}`)]),
    ...(install === null
      ? []
      : [`  # install: ${quoteList(install)}   # without it, installed packages are linked into the copy`]),
    ...(test === null ? [] : [`  test: ${quoteList(test)}`]),
  ];
}

function writeUnknownApp(): string[] {
  return [
    '# app:',
    '#   command: [program, argument, --port, "{port}"]',
    '#   ready: http://127.0.0.1:{port}/health',
    '#   env: { DATABASE_URL: "postgres://app@{db}/shop" }',
  ];
}

function writeDependencies({ dependencies }: DetectedDependencies): string[] {
  if (dependencies.length === 0) return [];
  return [
    'dependencies:',
    ...dependencies.map(
      ({ name, upstream, why }) =>
        `  ${name}: ${/^[\w:/.-]+$/.test(upstream) ? upstream : quoteText(upstream)}  # ${why}`,
    ),
  ];
}

function listNotes(
  command: DetectedCommand | null,
  health: string | null,
  found: DetectedDependencies,
  spec: FoundSpec,
): string[] {
  const withoutPassword = found.variables.filter((one) => one.passwordLeftOut).map((one) => one.name);
  const leftOut = [...withoutPassword, ...found.secretNames];
  return [
    ...(command === null ? ['No way to start the service was recognised: fill in app.command.'] : []),
    ...(command !== null && health === null
      ? ['No health path was found: give app.ready if there is one.']
      : []),
    ...(leftOut.length > 0
      ? [`Secrets were left out; the service may need them: ${leftOut.join(', ')}.`]
      : []),
    ...(found.dependencies.length === 0
      ? ['No dependency was found: name those that faults should reach.']
      : []),
    ...(spec.note === null ? [] : [spec.note]),
  ];
}

/** Words that YAML reads as plain text in a flow list stay bare; the rest is quoted as JSON, which YAML reads. */
function quoteList(words: readonly string[]): string {
  return `[${words.map((word) => (isPlain(word) ? word : quoteText(word))).join(', ')}]`;
}

function isPlain(word: string): boolean {
  return /^[A-Za-z./][\w./-]*$/.test(word) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(word);
}

function quoteText(text: string): string {
  return JSON.stringify(text);
}
