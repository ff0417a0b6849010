import { availableParallelism } from 'node:os';
import type { StringMap } from '../../types.ts';
import { findProgram } from '../find-program.ts';

const MS_PER_SECOND = 1_000;

/** What is to be kept busy, and how much of it. */
export type Stress =
  | { readonly what: 'cpu'; readonly share: number }
  | { readonly what: 'memory'; readonly bytes: number };

/**
 * Loads the machine: threads that compute for a share of each tenth of a second, or one buffer after the other
 * until the bytes are held. Ends by itself after the given time. The kernel takes it first when memory runs out.
 */
const OWN_STRESSOR = `
const { Worker } = require('node:worker_threads');
const [what, amount, threads, forMs] = process.argv.slice(1);
setTimeout(() => process.exit(0), Number(forMs));
try { require('node:fs').writeFileSync('/proc/self/oom_score_adj', '1000'); } catch {}
const BURN = \`
  const share = require('node:worker_threads').workerData;
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let sum = 0;
  for (;;) {
    const untilMs = performance.now() + 100 * share;
    while (performance.now() < untilMs) for (let n = 1; n < 5000; n += 1) sum += Math.sqrt(n);
    if (share < 1) Atomics.wait(cell, 0, 0, 100 * (1 - share));
  }\`;
const held = [];
const PIECE = 16 * 1024 * 1024;
function hold(left) {
  if (left <= 0) return;
  held.push(Buffer.alloc(Math.min(PIECE, left), held.length % 255 + 1));
  setImmediate(hold, left - PIECE);
}
if (what === 'memory') hold(Number(amount));
else for (let n = 0; n < Number(threads); n += 1) new Worker(BURN, { eval: true, workerData: Number(amount) });
`;

/** A command that loads the machine and ends by itself soon after `forMs`, and the name to tell it by. */
export interface StressCommand {
  readonly name: 'stress-ng' | 'a stressor of our own';
  readonly command: readonly string[];
}

/** Takes stress-ng where it is on the PATH of `env`, else a process of our own. */
export async function chooseStressor(stress: Stress, forMs: number, env: StringMap): Promise<StressCommand> {
  const program = process.platform === 'win32' ? null : await findProgram('stress-ng', env);
  const threads = availableParallelism();
  if (program === null) {
    const amount = stress.what === 'cpu' ? stress.share : stress.bytes;
    const args = [stress.what, amount, threads, Math.ceil(forMs)].map(String);
    return { name: 'a stressor of our own', command: [process.execPath, '-e', OWN_STRESSOR, ...args] };
  }
  // --vm-hang 0 keeps the memory without computing on it; --oomable lets the kernel take it without a new one.
  const kind =
    stress.what === 'cpu'
      ? ['--cpu', threads, '--cpu-load', Math.round(stress.share * 100)]
      : [
          '--vm',
          1,
          '--vm-bytes',
          `${Math.floor(stress.bytes)}b`,
          '--vm-hang',
          0,
          '--vm-populate',
          '--oomable',
        ];
  const timeout = ['--timeout', `${Math.ceil(forMs / MS_PER_SECOND)}s`, '--quiet'];
  return { name: 'stress-ng', command: [program, ...kind.map(String), ...timeout] };
}
