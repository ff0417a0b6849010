import { systemClock } from '../clock.ts';
import { loadConfig, readSurroundings, type Surroundings } from '../config.ts';
import { CONFIG_FILE } from '../config-file.ts';
import { AppError, toAppError } from '../errors.ts';
import { createProxyHost, emptyProgram } from '../proxy/host.ts';
import { openStore } from '../store.ts';
import { repairDrills } from '../tools/session/repair-drills.ts';
import { isTrusted } from '../trust.ts';

interface Check {
  readonly name: string;
  readonly run: () => Promise<string>;
}

const OLDEST_NODE = [20, 19] as const;

/** Checks what Breakwater needs, one line each; `ok` when nothing is amiss. */
export async function examine(root: string | null): Promise<{ readonly text: string; readonly ok: boolean }> {
  const surroundings = readSurroundings({ workspace: root });
  const checks: readonly Check[] = [
    { name: 'node', run: checkNode },
    { name: 'workspace', run: () => checkWorkspace(surroundings) },
    { name: CONFIG_FILE, run: () => checkConfig(surroundings) },
    { name: 'state', run: () => checkState(surroundings) },
    { name: 'drills', run: () => checkDrills(surroundings) },
    { name: 'proxy', run: checkProxy },
  ];
  const lines: string[] = [];
  const told = new Set<string>();
  let ok = true;
  for (const { name, run } of checks) {
    try {
      lines.push(`ok      ${name}: ${await run()}`);
    } catch (error) {
      const { message, hint } = toAppError(error);
      ok = false;
      const what = told.has(message) ? 'cannot be told before that is mended' : `${message} ${hint ?? ''}`;
      told.add(message);
      lines.push(`amiss   ${name}: ${what.trimEnd()}`);
    }
  }
  return { text: `${lines.join('\n')}\n`, ok };
}

async function checkNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Error(`Node ${process.versions.node} is older than ${OLDEST_NODE.join('.')}`);
  }
  return process.versions.node;
}

/** The folder alone: what its breakwater.yaml holds is another question. */
async function checkWorkspace(surroundings: Surroundings): Promise<string> {
  try {
    return (await loadConfig(surroundings)).workspace;
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG_INVALID') return surroundings.workspace;
    throw error;
  }
}

async function checkConfig(surroundings: Parameters<typeof loadConfig>[0]): Promise<string> {
  const config = await loadConfig(surroundings);
  if (config.file === null)
    return 'none; "breakwater init" proposes one (breakwater verify and drill need it)';
  const trusted = await isTrusted(config.stateHome, config.file);
  return `valid, ${trusted ? 'trusted' : 'not trusted yet ("breakwater trust")'}`;
}

async function checkState(surroundings: Parameters<typeof loadConfig>[0]): Promise<string> {
  const store = openStore((await loadConfig(surroundings)).workspace);
  await store.writeText('doctor', systemClock.date().toISOString());
  await store.remove('doctor');
  return `${store.folder} can be written`;
}

async function checkDrills(surroundings: Surroundings): Promise<string> {
  const { lines, allMended } = await repairDrills(surroundings, systemClock);
  if (!allMended) throw new AppError('COMMAND_FAILED', lines.join(' '));
  return lines.length === 0 ? 'none was interrupted' : lines.join(' ');
}

async function checkProxy(): Promise<string> {
  const host = createProxyHost();
  try {
    const proxy = await host.open(
      { name: 'doctor', listenPort: 0, upstream: { protocol: 'tcp', host: '127.0.0.1', port: 9 } },
      emptyProgram(),
    );
    await proxy.close();
    return 'a worker opens and closes one';
  } finally {
    await host.close();
  }
}
