import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';

const RUNS = 10;
const repository = fileURLToPath(new URL('..', import.meta.url));
const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
};

/** Time from the start of the process to the answer of the first request; one warm-up, then ten runs. */
export async function measureStartup(): Promise<readonly BenchRow[]> {
  await timeFirstAnswer([fileURLToPath(new URL('../dist/cli.js', import.meta.url)), 'serve']);
  const product: number[] = [];
  const floor: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    product.push(await timeFirstAnswer(['dist/cli.js', 'serve']));
    floor.push(
      await timeFirstAnswer([
        '-e',
        "process.stdin.once('data', () => { console.log('{}'); process.exit(0); })",
      ]),
    );
  }
  return [toRow('breakwater serve', product), toRow('bare node (floor)', floor)];
}

async function timeFirstAnswer(args: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...args], { cwd: repository, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${JSON.stringify(INITIALIZE)}\n`);
  for await (const _line of createInterface({ input: child.stdout })) break;
  const tookMs = performance.now() - startMs;
  child.stdin.end();
  await new Promise((resolve) => child.once('exit', resolve));
  return tookMs;
}

function toRow(subject: string, values: readonly number[]): BenchRow {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value: number | undefined) => Math.round((value ?? 0) * 10) / 10;
  const middle = ((sorted[RUNS / 2 - 1] ?? 0) + (sorted[RUNS / 2] ?? 0)) / 2;
  return {
    bench: 'startup',
    subject,
    figures: { minMs: round(sorted[0]), medianMs: round(middle), maxMs: round(sorted.at(-1)), runs: RUNS },
  };
}
