import type { DetectedCommand } from './detect-command.ts';
import type { ProjectFiles } from './project-files.ts';

/** Where a project's service usually listens, and where that was read. */
export interface DetectedPort {
  readonly port: number;
  readonly why: string;
}

/** Files that say how the project is started, by people or by tools. */
const START_FILES = ['package.json', 'Procfile', '.env', '.env.example', 'Dockerfile', 'Makefile'];
const IN_START_FILES = [
  /(?:--port|--bind|-p)[ =](?:[\w.]+:)?(\d{2,5})\b/,
  /^\s*(?:export\s+)?PORT\s*=\s*["']?(\d{2,5})\b/m,
  /\bPORT=(\d{2,5})\b/,
  /^\s*EXPOSE\s+(\d{2,5})\b/m,
];
const IN_SOURCES = [
  /\bPORT\b["'\])]*\s*(?:\?\?|\|\||,|:)\s*["']?(\d{2,5})\b/,
  /\.listen\(\s*(?:\{[^}]*?\bport\s*:\s*)?(\d{2,5})\b/,
  /\b(?:uvicorn\.run|app\.run|\.run)\([^)]*?\bport\s*=\s*(\d{2,5})\b/s,
  /\bport\s*[:=]\s*(\d{2,5})\b/i,
];
/** Ports that frameworks listen on where nothing else is said. */
const BY_COMMAND: readonly (readonly [string, number])[] = [
  ['uvicorn', 8_000],
  ['gunicorn', 8_000],
  ['runserver', 8_000],
  ['flask', 5_000],
];
const MAX_PORT = 65_535;

/** Looks for the port that the service has when people start it; `null`: nothing says it. */
export async function detectPort(
  files: ProjectFiles,
  { command }: Pick<DetectedCommand, 'command'>,
): Promise<DetectedPort | null> {
  for (const path of START_FILES) {
    const port = findPort((await files.read(path)) ?? '', IN_START_FILES);
    if (port !== null) return { port, why: path };
  }
  for (const { path, text } of await files.readSources()) {
    const port = findPort(text, IN_SOURCES);
    if (port !== null) return { port, why: path };
  }
  const usual = BY_COMMAND.find(([word]) => command.includes(word));
  return usual === undefined ? null : { port: usual[1], why: `the default of ${usual[0]}` };
}

function findPort(text: string, patterns: readonly RegExp[]): number | null {
  for (const pattern of patterns) {
    const port = Number(pattern.exec(text)?.[1]);
    if (port > 0 && port <= MAX_PORT) return port;
  }
  return null;
}
