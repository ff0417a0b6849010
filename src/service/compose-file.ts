import { z } from 'zod';
import { AppError } from '../errors.ts';
import { readYaml } from '../yaml.ts';
import type { ProjectFiles } from './project-files.ts';

/** What a compose file tells of a project: https://compose-spec.io. */
export interface ComposeFile {
  readonly path: string;
  readonly services: readonly ComposeService[];
}

export interface ComposeService {
  readonly name: string;
  readonly image: string;
  /** It is built from the folder of the compose file: the project itself. */
  readonly isProject: boolean;
  /** Defaults put in; variables that stand for something unknown are left out. */
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Port on this machine for a port of the container; the same where none is published. */
  readonly publishedPort: (containerPort: string) => string;
}

const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const build = z.union([z.string(), z.looseObject({ context: z.string().default('.') })]);
const environment = z.union([
  z.record(z.string(), scalar.nullable().catch(null)),
  z.array(z.string()).transform((lines) => Object.fromEntries(lines.map(splitAtEquals))),
]);
const fileSchema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string().optional().catch(undefined),
      build: build.optional().catch(undefined),
      environment: environment.catch({}).default({}),
      ports: z.array(z.unknown()).catch([]).default([]),
    }),
  ),
});

/** Reads the first compose file of a project; `null`: there is none, or it cannot be read. */
export async function readComposeFile(files: ProjectFiles): Promise<ComposeFile | null> {
  const file = await files.readFirst(FILES);
  const read = file === null ? null : fileSchema.safeParse(readFirstDocument(file.text, file.path));
  if (file === null || read?.success !== true) return null;
  const services = Object.entries(read.data.services).map(([name, service]) => ({
    name,
    image: service.image ?? '',
    isProject: isProjectFolder(service.build),
    environment: Object.entries(service.environment).flatMap(([variable, text]) => {
      const value = text === null ? null : fillDefaults(text);
      return value === null ? [] : [[variable, value] as const];
    }),
    publishedPort: (port: string) => readPublishedPort(service.ports, port),
  }));
  return { path: file.path, services };
}

function splitAtEquals(line: string): readonly [string, string | null] {
  const at = line.indexOf('=');
  return at < 0 ? [line, null] : [line.slice(0, at), line.slice(at + 1)];
}

function readFirstDocument(text: string, path: string): unknown {
  try {
    return readYaml(text, path)[0]?.value ?? null;
  } catch (error) {
    // A first look: what cannot be read is not proposed.
    if (error instanceof AppError) return null;
    throw error;
  }
}

function isProjectFolder(given: z.output<typeof build> | undefined): boolean {
  const context = typeof given === 'string' ? given : given?.context;
  return context !== undefined && /^\.?\/?$/.test(context);
}

/** `${NAME:-default}` is its default, and a password that comes from a variable is one; `null`: the rest is not known. */
function fillDefaults(text: string): string | null {
  const filled = text
    .replace(/\$\{\w+:?-([^{}]*)\}/g, '$1')
    .replace(/(:\/\/[^/@]*:)\$(?:\w+|\{[^{}]*\})@/g, '$1password@');
  return /\$[\w{]/.test(filled) ? null : filled;
}

function readPublishedPort(ports: readonly unknown[], containerPort: string): string {
  for (const entry of ports) {
    if (typeof entry === 'object' && entry !== null && 'published' in entry && 'target' in entry) {
      const published = String(entry.published);
      if (String(entry.target) === containerPort && /^\d+$/.test(published)) return published;
    }
    const match = /(?:^|:)(\d+):(\d+)(?:\/tcp)?$/.exec(String(entry));
    if (match?.[1] !== undefined && match[2] === containerPort) return match[1];
  }
  return containerPort;
}
