import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfig } from '../../src/config.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** A web server on PORT that answers 200 with its environment as JSON. */
export const ECHO_SERVER = `
  import { createServer } from 'node:http';
  const server = createServer((_req, res) => res.end(JSON.stringify({ pid: process.pid, env: process.env })));
  server.listen(Number(process.env.PORT), '127.0.0.1');
`;

/** An application of one Node script in a folder of its own, listening on `PORT`. */
export async function makeApp(script: string, changes: Partial<AppConfig> = {}): Promise<AppConfig> {
  const folder = await makeTempFolder();
  await writeFile(join(folder, 'main.mjs'), script);
  return {
    folder,
    command: [process.execPath, 'main.mjs'],
    ready: 'http://127.0.0.1:{port}/health',
    env: { PORT: '{port}' },
    install: null,
    test: null,
    ...changes,
  };
}

/** Whether a process with that id runs; one that ended and waits to be reaped does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
