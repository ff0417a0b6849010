import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort, startService } from '../../examples/demo/services.ts';
import { repository } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** How a block of commands ended. */
export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** A workspace as a reader has it: the code of a running demo service, and `breakwater` on the PATH. */
export interface DemoWorkspace {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs commands in a POSIX shell that stops at the first failure. */
  run(commands: string): Promise<Ended>;
  write(name: string, text: string): Promise<void>;
}

const LIMIT_MS = 120_000;

/** The documents name these addresses; a free port stands in for each. */
const ORDERS = ['127.0.0.1:8000', '127.0.0.1:7100'];
const PAYMENTS = '127.0.0.1:7200';
/** Where `orders` looks for `payments` in documents about dependencies. */
const PAYMENTS_PROXY_PORT = '37200';

/**
 * Starts `orders` and `payments` in a fresh workspace. With `behindProxy`, `orders` calls `payments` at the port 37200 of
 * the documents, where nothing listens until a proxy is opened there.
 */
export async function startDemoWorkspace({ behindProxy = false } = {}): Promise<DemoWorkspace> {
  const folder = await makeTempFolder();
  cpSync(join(repository, 'examples/orders'), folder, { recursive: true });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const payments = await startService(join(repository, 'examples/payments/server.js'), { PORT: '0' });
  onTestFinished(() => payments.stop());
  const proxyPort = String(await findFreePort());
  const orders = await startService(join(folder, 'server.js'), {
    PORT: '0',
    PAYMENTS_URL: behindProxy ? `http://127.0.0.1:${proxyPort}` : payments.url,
  });
  onTestFinished(() => orders.stop());
  const place = (text: string) => {
    const withOrders = ORDERS.reduce((before, one) => before.replaceAll(one, new URL(orders.url).host), text);
    return withOrders
      .replaceAll(PAYMENTS, new URL(payments.url).host)
      .replaceAll(PAYMENTS_PROXY_PORT, proxyPort);
  };
  const config = join(folder, 'breakwater.yaml');
  await writeFile(config, place(await readFile(config, 'utf8')));
  const env = await makeEnvironment();
  return {
    folder,
    env,
    run: (commands) => runShell(place(commands), folder, env),
    write: (name, text) => writeFile(join(folder, name), place(text)),
  };
}

async function makeEnvironment(): Promise<Record<string, string>> {
  const home = await makeTempFolder();
  const bin = join(home, 'bin');
  await mkdir(bin);
  for (const name of ['breakwater', 'breakwater-mcp']) {
    const path = join(bin, name);
    await writeFile(
      path,
      `#!/bin/sh\nexec '${process.execPath}' '${join(repository, 'dist/cli.js')}' "$@"\n`,
    );
    await chmod(path, 0o755);
  }
  return {
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    HOME: home,
    BREAKWATER_HOME: join(home, 'state'),
  };
}

function runShell(commands: string, cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn('sh', ['-e', '-c', commands], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const add = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, LIMIT_MS);
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}
