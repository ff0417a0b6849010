import { z } from 'zod';
import type { ProjectFiles } from './project-files.ts';

/** How a project seems to be started, and where that was read. */
export interface DetectedCommand {
  readonly command: readonly string[];
  readonly why: string;
  /** The port comes to it by the variable PORT. */
  readonly portByEnv: boolean;
  readonly install: readonly string[] | null;
  readonly test: readonly string[] | null;
  /** It serves its OpenAPI document at `/openapi.json` by itself. */
  readonly servesOpenApi: boolean;
}

const packageSchema = z.looseObject({
  scripts: z.record(z.string(), z.string()).catch({}).default({}),
  main: z.string().optional(),
});
/** What only a shell understands. */
const SHELL = /[|&;<>`$()"'*?#~=]/;
const PYTHON_FILES = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.cfg'];

/** Looks at Procfile, package scripts and Python requirements, in this order; `null`: nothing was recognised. */
export async function detectCommand(files: ProjectFiles): Promise<DetectedCommand | null> {
  const node = await detectNode(files);
  const python = await detectPython(files);
  const procfile = await detectProcfile(files);
  const base = node ?? python;
  if (procfile === null) return base;
  return {
    ...procfile,
    install: base?.install ?? null,
    test: base?.test ?? null,
    servesOpenApi: python?.servesOpenApi ?? false,
  };
}

type Start = Pick<DetectedCommand, 'command' | 'why' | 'portByEnv'>;

async function detectProcfile(files: ProjectFiles): Promise<Start | null> {
  const text = await files.read('Procfile');
  const web = text === null ? null : /^web\s*:\s*(.+)$/m.exec(text)?.[1];
  if (web === null || web === undefined) return null;
  const filled = web.trim().replace(/\$\{PORT(?::-\d+)?\}|\$PORT\b/g, '{port}');
  if (SHELL.test(filled)) return null;
  return { command: filled.split(/\s+/), why: 'web in Procfile', portByEnv: !filled.includes('{port}') };
}

async function detectNode(files: ProjectFiles): Promise<DetectedCommand | null> {
  const text = await files.read('package.json');
  const parsed = text === null ? null : packageSchema.safeParse(parseJson(text));
  if (parsed?.success !== true) return null;
  const { scripts, main } = parsed.data;
  const start = readScript(scripts, main);
  if (start === null) return null;
  const test =
    scripts.test === undefined || scripts.test.includes('no test specified') ? null : ['npm', 'test'];
  return { ...start, portByEnv: true, install: await detectNodeInstall(files), test, servesOpenApi: false };
}

function readScript(
  scripts: Readonly<Record<string, string>>,
  main: string | undefined,
): { readonly command: readonly string[]; readonly why: string } | null {
  const name = ['start', 'serve', 'dev'].find((candidate) => scripts[candidate] !== undefined);
  const script = name === undefined ? undefined : scripts[name];
  if (name === undefined || script === undefined) {
    return main === undefined ? null : { command: ['node', main], why: 'main in package.json' };
  }
  const why = `scripts.${name} in package.json`;
  // Started directly, the service gets our signals itself; npm would stand between.
  const direct = /^node\s/.test(script) && !SHELL.test(script);
  return { command: direct ? script.trim().split(/\s+/) : ['npm', 'run', name], why };
}

async function detectNodeInstall(files: ProjectFiles): Promise<readonly string[] | null> {
  if ((await files.read('package-lock.json')) !== null) return ['npm', 'ci'];
  if ((await files.read('pnpm-lock.yaml')) !== null) return ['pnpm', 'install', '--frozen-lockfile'];
  if ((await files.read('yarn.lock')) !== null) return ['yarn', 'install', '--frozen-lockfile'];
  return null;
}

async function detectPython(files: ProjectFiles): Promise<DetectedCommand | null> {
  const found = await Promise.all(PYTHON_FILES.map((path) => files.read(path)));
  const texts = found.filter((text) => text !== null).join('\n');
  const django = (await files.read('manage.py')) !== null;
  if (texts === '' && !django) return null;
  const start = django
    ? { command: ['manage.py', 'runserver', '--noreload', '{port}'], why: 'manage.py' }
    : await detectPythonApp(files);
  if (start === null) return null;
  const own = await findOwnPython(files);
  const python = own ?? 'python3';
  // What is installed in the project's own environment comes along by itself.
  const installs = own === null && found[0] !== null;
  return {
    command: [python, ...start.command],
    why: start.why,
    portByEnv: false,
    install: installs ? ['python3', '-m', 'pip', 'install', '-r', 'requirements.txt'] : null,
    test: /\bpytest\b/.test(texts) ? [python, '-m', 'pytest', '-q'] : null,
    servesOpenApi: start.command[1] === 'uvicorn',
  };
}

/** The interpreter of a virtual environment in the project (PEP 405: it holds a pyvenv.cfg); `null`: there is none. */
async function findOwnPython(files: ProjectFiles): Promise<string | null> {
  for (const folder of ['.venv', 'venv']) {
    if ((await files.read(`${folder}/pyvenv.cfg`)) === null) continue;
    return process.platform === 'win32' ? `${folder}/Scripts/python.exe` : `${folder}/bin/python`;
  }
  return null;
}

async function detectPythonApp(
  files: ProjectFiles,
): Promise<{ readonly command: string[]; readonly why: string } | null> {
  for (const { path, text } of await files.readSources()) {
    const match = /^(\w+)\s*(?::\s*\w+\s*)?=\s*(FastAPI|Flask)\(/m.exec(text);
    if (!path.endsWith('.py') || match === null) continue;
    const [, name = 'app', framework] = match;
    const target = `${path.replace(/\.py$/, '').replaceAll('/', '.')}:${name}`;
    const why = `${framework} in ${path}`;
    return framework === 'FastAPI'
      ? { command: ['-m', 'uvicorn', target, '--port', '{port}'], why }
      : { command: ['-m', 'flask', '--app', target, 'run', '--port', '{port}'], why };
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
