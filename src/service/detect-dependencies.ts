import { type ComposeFile, readComposeFile } from './compose-file.ts';
import type { ProjectFiles } from './project-files.ts';
import { isSecret } from './secrets.ts';

/** A dependency that a project seems to have. */
export interface DetectedDependency {
  readonly name: string;
  /** `[PROTOCOL://]HOST:PORT`. */
  readonly upstream: string;
  readonly why: string;
}

/** A variable that leads to a dependency, with `{name}` in place of its address. */
export interface DetectedVariable {
  readonly name: string;
  readonly value: string;
  /** The value held a password, which is not taken over. */
  readonly passwordLeftOut: boolean;
}

export interface DetectedDependencies {
  readonly dependencies: readonly DetectedDependency[];
  readonly variables: readonly DetectedVariable[];
  /** Variables that look like secrets: only their names. */
  readonly secretNames: readonly string[];
}

const ENV_FILES = ['.env.example', '.env.sample', '.env.template', '.env'];
/** Protocol and usual port by the scheme of a URL. */
const SCHEMES: Readonly<Record<string, readonly [protocol: string, port: string]>> = {
  'postgres:': ['psql', '5432'],
  'postgresql:': ['psql', '5432'],
  'redis:': ['redis', '6379'],
  'mysql:': ['tcp', '3306'],
  'mongodb:': ['tcp', '27017'],
  'amqp:': ['tcp', '5672'],
  'http:': ['http', '80'],
};
const LOCAL = new Set(['localhost', '::1', '[::1]', '0.0.0.0']);
/** The same by the name of a container image. */
const IMAGES: readonly (readonly [image: RegExp, protocol: string, port: string])[] = [
  [/postgres|postgis|timescale/, 'psql', '5432'],
  [/redis|valkey/, 'redis', '6379'],
  [/mysql|mariadb/, 'tcp', '3306'],
  [/mongo/, 'tcp', '27017'],
  [/rabbitmq/, 'tcp', '5672'],
];

/** Looks at compose and `.env` files. Passwords and values that look secret are never taken over. */
export async function detectDependencies(files: ProjectFiles): Promise<DetectedDependencies> {
  const compose = await readComposeFile(files);
  const dependencies = compose === null ? [] : listDatabases(compose);
  const variables: DetectedVariable[] = [];
  const secretNames: string[] = [];
  for (const [name, text, file] of await readVariables(files, compose)) {
    const link = readLink(name, text, compose);
    if (link !== null) {
      const known = dependencies.find((one) => isSame(one, link));
      const dependency = known ?? {
        name: makeUnique(link.name, dependencies),
        upstream: link.upstream,
        why: `${name} in ${file}`,
      };
      if (known === undefined) dependencies.push(dependency);
      const value = `${link.before}{${dependency.name}}${link.after}`;
      variables.push({ name, value, passwordLeftOut: link.passwordLeftOut });
    } else if (isSecret(name, text)) secretNames.push(name);
  }
  return { dependencies, variables, secretNames };
}

function listDatabases({ services, path }: ComposeFile): DetectedDependency[] {
  return services.flatMap(({ name, image, publishedPort }) => {
    const known = IMAGES.find(([pattern]) => pattern.test(image));
    if (known === undefined || !isName(name)) return [];
    const [, protocol, port] = known;
    return [{ name, upstream: `${protocol}://127.0.0.1:${publishedPort(port)}`, why: `${name} in ${path}` }];
  });
}

/** `.env` files go before the compose file, whose addresses are those inside its network. */
async function readVariables(
  files: ProjectFiles,
  compose: ComposeFile | null,
): Promise<readonly (readonly [name: string, value: string, file: string])[]> {
  const variables = new Map<string, readonly [string, string, string]>();
  for (const file of ENV_FILES) {
    for (const line of ((await files.read(file)) ?? '').split('\n')) {
      const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(["']?)(.*?)\2\s*$/.exec(line);
      if (match?.[1] !== undefined && !variables.has(match[1])) {
        variables.set(match[1], [match[1], match[3] ?? '', file]);
      }
    }
  }
  for (const { isProject, environment } of compose?.services ?? []) {
    for (const [name, value] of isProject ? environment : []) {
      if (!variables.has(name)) variables.set(name, [name, value, compose?.path ?? '']);
    }
  }
  return [...variables.values()];
}

interface Link {
  readonly name: string;
  readonly upstream: string;
  readonly host: string;
  readonly before: string;
  readonly after: string;
  readonly passwordLeftOut: boolean;
}

function readLink(name: string, value: string, compose: ComposeFile | null): Link | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  // `postgresql+psycopg:` names a driver too; `mongodb+srv:` looks its servers up in the DNS.
  const base = url?.protocol.replace(/\+(?!srv:)\w+:$/, ':') ?? '';
  const scheme = SCHEMES[base];
  if (url === null || scheme === undefined || url.hostname === '') return null;
  const [protocol, usualPort] = scheme;
  const composed = compose?.services.find((service) => service.name === url.hostname);
  const ownPort = url.port === '' ? usualPort : url.port;
  const port = composed?.publishedPort(ownPort) ?? ownPort;
  const isHere = composed !== undefined || LOCAL.has(url.hostname);
  const host = isHere ? '127.0.0.1' : url.hostname;
  // With http, a user's name may be a token.
  const user = url.username === '' || protocol === 'http' ? '' : `${url.username}@`;
  // A query may hold keys; only the path is taken over.
  const path = url.pathname === '/' && !value.includes('/', url.protocol.length + 2) ? '' : url.pathname;
  return {
    name: dependencyName(name),
    upstream: `${protocol}://${host}:${port}`,
    host: url.hostname,
    before: `${url.protocol}//${user}`,
    after: path,
    passwordLeftOut: url.password !== '',
  };
}

/** A compose service is known by its name inside the network and by its published port outside. */
function isSame(dependency: DetectedDependency, link: Link): boolean {
  return dependency.upstream === link.upstream || dependency.name === link.host;
}

function dependencyName(variable: string): string {
  const name = variable.toLowerCase().replace(/(_base)?_?(url|uri|dsn|endpoint|address)$/, '');
  return isName(name) ? name : 'dependency';
}

function makeUnique(name: string, dependencies: readonly DetectedDependency[]): string {
  const taken = dependencies.filter((one) => one.name === name || one.name.startsWith(`${name}_`)).length;
  return taken === 0 ? name : `${name}_${taken + 1}`;
}

function isName(text: string): boolean {
  return /^[A-Za-z_][\w-]*$/.test(text) && text !== 'port';
}
