import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthScheme } from './auth.ts';
import { CONFIG_FILE } from './config-file.ts';
import type { DrillSettings } from './drill-entry.ts';
import { AppError, systemErrorCode } from './errors.ts';
import type { LogLevel } from './log.ts';
import type { MeaningConfig } from './meaning-config.ts';
import type { Slo, StringMap } from './types.ts';

/** How the user's service is started, from `app:` of breakwater.yaml. */
export interface AppConfig {
  /** Absolute; where breakwater.yaml stands. */
  readonly folder: string;
  readonly command: readonly string[];
  /** URL that answers below 500 once the service is up; `null`: its port accepts. */
  readonly ready: string | null;
  readonly env: StringMap;
  readonly install: readonly string[] | null;
  readonly test: readonly string[] | null;
}

/** An OpenAI-compatible endpoint, from `model:` of breakwater.yaml; the key itself is in the environment. */
export interface ModelConfig {
  readonly baseUrl: string;
  readonly model: string;
  /** Name of the environment variable that holds the key; `null`: none is sent. */
  readonly keyVariable: string | null;
  readonly timeoutMs: number;
}

export interface Limits {
  readonly requestsPerSecond: number;
  readonly clients: number;
  readonly durationMs: number;
  /** Runs that are kept; the oldest make room. */
  readonly runs: number;
}

/** PEM files, relative to the workspace; `null`: none. */
export interface TargetTlsFiles {
  /** A CA that is trusted besides the usual ones. */
  readonly ca: string | null;
  /** A client certificate and its key. */
  readonly cert: string | null;
  readonly key: string | null;
}

export interface Config {
  /** Absolute, symlinks resolved. */
  readonly workspace: string;
  /** The user's own folder outside any workspace: what was trusted is remembered there. */
  readonly stateHome: string;
  /** `null`: the workspace has no breakwater.yaml. */
  readonly file: { readonly path: string; readonly sha256: string } | null;
  readonly app: AppConfig | null;
  /** Name to `[PORT=][PROTOCOL://]HOST[:PORT]`. */
  readonly dependencies: StringMap;
  readonly spec: string | null;
  /** File, folder or pattern of the user's own review rules; `null`: none. */
  readonly ownRules: string | null;
  /** Folder of the user's own scenario templates, below the workspace. */
  readonly templates: string | null;
  /** Hosts other than loopback that may be targets. */
  readonly allowHosts: readonly string[];
  /** Files for TLS to upstreams; `null`: none. */
  readonly targetTls: TargetTlsFiles | null;
  readonly limits: Limits;
  /** Where a run opens the forward proxy for applications that use HTTP_PROXY. */
  readonly forwardPort: number;
  /** How calls prove who is calling. */
  readonly auth: readonly AuthScheme[];
  readonly slos: readonly Slo[];
  /** Failure drills; where the file says nothing of them, their defaults. */
  readonly drills: DrillSettings;
  /** Endpoints for embeddings, and Qdrant. */
  readonly meaning: MeaningConfig;
  /** Endpoint that writes sections of a review when asked to; `null`: none. */
  readonly model: ModelConfig | null;
}

/** What the process was started with, read from the environment once. */
export interface Surroundings {
  readonly workspace: string;
  readonly stateHome: string;
  readonly logLevel: LogLevel;
  /** Environment that a started service may inherit from: no secrets of the host pass on. */
  readonly serviceEnv: StringMap;
  /** Bearer token for serving over HTTP; `null`: one is made. */
  readonly token: string | null;
  /** Terminal asks for plain text (NO_COLOR, https://no-color.org). */
  readonly noColor: boolean;
}

const MAX_CONFIG_BYTES = 1024 * 1024;
const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'LC_ALL',
  'TZ',
  // Windows: where programs find the system, the user and what is installed.
  'SystemRoot',
  'SystemDrive',
  'ComSpec',
  'PATHEXT',
  'USERPROFILE',
  'USERNAME',
  'ProgramFiles',
  'ProgramData',
  'APPDATA',
  'LOCALAPPDATA',
];

/** Reads what the process was started with. `workspace` is the command line's `--root`, which wins. */
export function readSurroundings(flags: { readonly workspace: string | null }): Surroundings {
  const env = process.env;
  const level = LOG_LEVELS.find((candidate) => candidate === env.BREAKWATER_LOG);
  return {
    workspace: flags.workspace ?? env.BREAKWATER_WORKSPACE ?? env.CLAUDE_PROJECT_DIR ?? process.cwd(),
    stateHome: env.BREAKWATER_HOME ?? defaultStateHome(env),
    logLevel: level ?? 'warn',
    serviceEnv: Object.fromEntries(
      INHERITED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
    ),
    token: env.BREAKWATER_TOKEN === undefined || env.BREAKWATER_TOKEN === '' ? null : env.BREAKWATER_TOKEN,
    noColor: env.NO_COLOR !== undefined && env.NO_COLOR !== '',
  };
}

/** An environment variable that breakwater.yaml names; `null`: it is not set. */
export function readVariable(name: string): string | null {
  return process.env[name] ?? null;
}

/**
 * Reads breakwater.yaml of the workspace; without the file, defaults.
 *
 * @throws AppError CONFIG_INVALID with file, line and column; NOT_FOUND when the workspace is no folder.
 */
export async function loadConfig(
  surroundings: Pick<Surroundings, 'workspace' | 'stateHome'>,
): Promise<Config> {
  const workspace = await realpath(surroundings.workspace).catch((cause: unknown) => {
    throw new AppError('NOT_FOUND', `The workspace ${surroundings.workspace} does not exist.`, {
      hint: 'Start Breakwater in the folder of your project, or name it: --root FOLDER.',
      cause,
    });
  });
  // Schemas and the YAML parser are loaded with the first call: the answer to a host's first request waits for neither.
  const [{ createHash }, { parseConfig }, { toAuthScheme }, { toDrillSettings }, { readMeaning }, { toSlo }] =
    await Promise.all([
      import('node:crypto'),
      import('./config-document.ts'),
      import('./auth.ts'),
      import('./drill-entry.ts'),
      import('./meaning-config.ts'),
      import('./slo-entry.ts'),
    ]);
  const path = join(workspace, CONFIG_FILE);
  const text = await readConfigText(workspace);
  const read = parseConfig(text ?? '');
  return {
    workspace,
    stateHome: surroundings.stateHome,
    file: text === null ? null : { path, sha256: createHash('sha256').update(text).digest('hex') },
    app:
      read.app === undefined
        ? null
        : {
            folder: workspace,
            command: read.app.command,
            ready: read.app.ready ?? null,
            env: read.app.env,
            install: read.app.install ?? null,
            test: read.app.test ?? null,
          },
    dependencies: read.dependencies,
    spec: read.spec ?? null,
    ownRules: read.rules ?? null,
    templates: read.templates ?? null,
    allowHosts: read.targets.allow_hosts,
    targetTls: toTlsFiles(read.targets.tls),
    limits: {
      requestsPerSecond: read.limits.rps,
      clients: read.limits.clients,
      durationMs: read.limits.duration,
      runs: read.limits.runs,
    },
    forwardPort: read.forward_proxy.port,
    auth: Object.entries(read.auth).map(([name, entry]) => toAuthScheme(name, entry)),
    slos: read.slo.map(toSlo),
    drills: toDrillSettings(read.drills),
    meaning: readMeaning(read, readVariable),
    model:
      read.model === undefined
        ? null
        : {
            baseUrl: read.model.base_url,
            model: read.model.model,
            keyVariable: read.model.env ?? null,
            timeoutMs: read.model.timeout,
          },
  };
}

/** `null`: there is none. */
async function readConfigText(workspace: string): Promise<string | null> {
  const { readTextInside } = await import('./workspace-files.ts');
  try {
    return (await readTextInside(workspace, CONFIG_FILE, MAX_CONFIG_BYTES)).text;
  } catch (cause) {
    if (cause instanceof AppError && systemErrorCode(cause.cause) === 'ENOENT') return null;
    const why = cause instanceof AppError ? cause.message : 'unknown reason.';
    throw new AppError('CONFIG_INVALID', `${CONFIG_FILE} cannot be read: ${why}`, {
      hint: `Make it a regular file of at most ${MAX_CONFIG_BYTES} bytes in the workspace, or remove it.`,
      cause,
    });
  }
}

function defaultStateHome(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'breakwater');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'breakwater');
  return join(env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'breakwater');
}

function toTlsFiles(
  files: { readonly [Key in keyof TargetTlsFiles]?: string | undefined } | undefined,
): TargetTlsFiles | null {
  if (files === undefined) return null;
  return { ca: files.ca ?? null, cert: files.cert ?? null, key: files.key ?? null };
}
