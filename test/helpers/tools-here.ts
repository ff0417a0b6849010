import { findProgram } from '../../src/service/find-program.ts';
import { allToolsRequired } from '../examples/find-python.ts';
import { findPostgres } from './postgres.ts';
import { hasRedis } from './redis.ts';

/** Where PostgreSQL's programs are, or `null` with a clear word; an error where all tools are required. */
export function demandPostgres(what: string): string | null {
  const bin = findPostgres();
  if (bin === null) say(what, 'PostgreSQL (initdb, postgres)');
  return bin;
}

/** Whether redis-server is there; if not, with a clear word, an error where all tools are required. */
export function demandRedis(what: string): boolean {
  const there = hasRedis();
  if (!there) say(what, 'redis-server');
  return there;
}

/** Whether a program is on the PATH; if not, with a clear word, an error where all tools are required. */
export async function demandProgram(name: string, what: string): Promise<boolean> {
  const there = (await findProgram(name, { PATH: process.env.PATH ?? '' })) !== null;
  if (!there) say(what, name);
  return there;
}

function say(what: string, tool: string): void {
  if (allToolsRequired()) throw new Error(`${tool} is not installed, and it is required here`);
  console.warn(`SKIPPED ${what}: ${tool} is not installed`);
}
