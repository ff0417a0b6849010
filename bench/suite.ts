import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BenchRow } from './row.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Three endpoints, as many as the reference's application has. */
const OPERATIONS = ['GET /products', 'POST /orders', 'GET /orders/{order_id}'];
const SHAPES =
  'latency_spike latency_stairs latency_pulses packet_loss jitter bandwidth_cap http_errors blackhole';
const SEED = '1';
const LANES = 8;
const DEFAULT_ROUNDS = 5;

const forecast = z.object({ duration_ms: z.number(), serial_duration_ms: z.number() });
const runFacts = z.object({
  started_at: z.string(),
  ended_at: z.string(),
  results: z.array(z.object({ item_id: z.string(), verdict: z.object({ value: z.string() }) })),
});

/**
 * The reference's suite (three endpoints × eight shapes) from the shell against examples/orders: once serially, then
 * `rounds` times side by side. The bound is what packing the fixed durations into the lanes gives.
 */
export async function measureSuite(rounds: number = DEFAULT_ROUNDS): Promise<readonly BenchRow[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'breakwater-suite-'));
  const payments = await start('payments', {});
  const orders = await start('orders', { PAYMENTS_URL: payments.url });
  try {
    await cp(join(ROOT, 'examples/orders/openapi.json'), join(workspace, 'openapi.json'));
    const shell = (args: readonly string[]) => runShell(workspace, args);
    await shell([
      ...['generate', 'openapi.json', '--base-url', orders.url, '--output', 'suite.yaml'],
      ...['--operations', ...OPERATIONS, '--shapes', ...SHAPES.split(' ')],
    ]);
    const run = ['run', 'suite.yaml', '--seed', SEED, '--json'];
    const plan = forecast.parse(JSON.parse(await shell([...run, '--dry-run'])));
    const serial = await measure(() => shell([...run, '--serial']));
    const rows = [toRow('serial', serial, serial, { boundMs: plan.serial_duration_ms })];
    for (let round = 1; round <= rounds; round += 1) {
      const beside = await measure(() => shell([...run, '--parallel', String(LANES)]));
      rows.push(toRow(`${LANES} lanes, round ${round}`, beside, serial, { boundMs: plan.duration_ms }));
    }
    return rows;
  } finally {
    orders.stop();
    payments.stop();
    await rm(workspace, { recursive: true });
  }
}

interface Measured {
  readonly ms: number;
  /** Verdict by item. */
  readonly verdicts: ReadonlyMap<string, string>;
}

async function measure(run: () => Promise<string>): Promise<Measured> {
  const { started_at, ended_at, results } = runFacts.parse(JSON.parse(await run()));
  return {
    ms: Date.parse(ended_at) - Date.parse(started_at),
    verdicts: new Map(results.map(({ item_id, verdict }) => [item_id, verdict.value])),
  };
}

function toRow(
  subject: string,
  { ms, verdicts }: Measured,
  serial: Measured,
  { boundMs }: { readonly boundMs: number },
): BenchRow {
  const other = [...serial.verdicts].filter(([id, verdict]) => verdicts.get(id) !== verdict);
  for (const [id, verdict] of other) console.log(`${subject}: ${id} ${verdict} → ${verdicts.get(id)}`);
  const count = (wanted: string) => [...verdicts.values()].filter((verdict) => verdict === wanted).length;
  return {
    bench: 'suite',
    subject,
    figures: {
      items: verdicts.size,
      boundSeconds: toSeconds(boundMs),
      tookSeconds: toSeconds(ms),
      aboveBoundSeconds: toSeconds(ms - boundMs),
      serialSeconds: toSeconds(serial.ms),
      pass: count('pass'),
      fail: count('fail'),
      inconclusive: count('inconclusive'),
      otherVerdicts: other.length,
    },
  };
}

function toSeconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}

async function start(example: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['server.js'], {
    cwd: join(ROOT, 'examples', example),
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0];
  if (url === undefined) throw new Error(`${example} did not say where it listens`);
  return { url, stop: () => void child.kill('SIGTERM') };
}

/** Runs the built command line; exit statuses of verdicts are no errors. */
function runShell(workspace: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = [join(ROOT, 'dist/cli.js'), '--root', workspace, ...args];
    execFile(process.execPath, command, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && ![1, 3].includes(Number(error.code))) reject(new Error(stderr));
      else resolve(stdout);
    });
  });
}
