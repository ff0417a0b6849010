import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { bundle } from '../scripts/build.mjs';
import type { BenchRow } from './row.ts';

const DEFAULT_RUNS = 20;
const GOAL_RATIO = 1.25;
/** As the budget of the tools' definitions counts them. */
const CHARACTERS_PER_TOKEN = 4;
const repository = fileURLToPath(new URL('..', import.meta.url));
const CLIENT = { name: 'bench', version: '1' };
const INITIALIZE = {
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: CLIENT },
};
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
};
const DISCOVER = { method: 'server/discover', params: { _meta: ENVELOPE } };
const LIST = { method: 'tools/list', params: { _meta: ENVELOPE } };
const QUESTIONS = { initialize: INITIALIZE, 'server/discover': DISCOVER } as const;

/**
 * Time from the start of the process to the first answer, of 2025 and of 2026-07-28, beside a bundled server of one
 * tool on the bare SDK, in turns, neither with a cache of compiled code; then memory when idle, and what an install
 * and a list of the tools weigh.
 */
export async function measureStartup(runs: number = DEFAULT_RUNS): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-bare-'));
  try {
    await bundle([join(repository, 'bench/bare-server.ts')], folder);
    const servers = { breakwater: ['dist/cli.js', 'serve'], 'bare SDK': [join(folder, 'bare-server.js')] };
    const rows: BenchRow[] = [];
    for (const [name, question] of Object.entries(QUESTIONS)) {
      const times: Record<string, number[]> = { breakwater: [], 'bare SDK': [] };
      // The first round warms the file cache and is not counted.
      for (let run = 0; run <= runs; run += 1) {
        for (const [server, args] of Object.entries(servers)) {
          const { tookMs } = await startAndAsk(args, question);
          if (run > 0) times[server]?.push(tookMs);
        }
      }
      rows.push(toRow(name, times.breakwater ?? [], times['bare SDK'] ?? []));
    }
    const [own, bare] = [
      await startAndAsk(servers.breakwater, LIST),
      await startAndAsk(servers['bare SDK'], LIST),
    ];
    rows.push(
      { bench: 'startup', subject: 'idle memory', figures: { rssMb: own.rssMb, bareRssMb: bare.rssMb } },
      {
        bench: 'startup',
        subject: 'tools/list',
        figures: { tokens: Math.round(own.answer.length / CHARACTERS_PER_TOKEN) },
      },
      { bench: 'startup', subject: 'npx install', figures: await weighPackage() },
    );
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function startAndAsk(args: readonly string[], question: Readonly<Record<string, unknown>>) {
  const startMs = performance.now();
  const child = spawn(process.execPath, [...args], { cwd: repository, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...question })}\n`);
  let answer = '';
  for await (const line of createInterface({ input: child.stdout })) {
    answer = line;
    break;
  }
  const tookMs = performance.now() - startMs;
  const rssMb = readRssMb(child.pid ?? 0);
  child.stdin.end();
  await new Promise((resolve) => child.once('exit', resolve));
  if (!answer.includes('"result"')) throw new Error(`${args.join(' ')} answered ${answer}`);
  return { tookMs, rssMb, answer };
}

/** 0 where the system does not tell. */
function readRssMb(pid: number): number {
  if (process.platform !== 'linux') return 0;
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}

const packed = z.tuple([z.object({ size: z.number(), unpackedSize: z.number(), entryCount: z.number() })]);

async function weighPackage(): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: repository,
  });
  const [{ size, unpackedSize, entryCount }] = packed.parse(JSON.parse(stdout));
  const toMb = (bytes: number) => Math.round((bytes / 1024 / 1024) * 100) / 100;
  return { tarballMb: toMb(size), unpackedMb: toMb(unpackedSize), files: entryCount };
}

function toRow(question: string, own: readonly number[], bare: readonly number[]): BenchRow {
  const round = (value: number) => Math.round(value * 100) / 100;
  const ratio = median(own) / median(bare);
  return {
    bench: 'startup',
    subject: `start to the answer of ${question}`,
    figures: {
      medianMs: round(median(own)),
      minMs: round(Math.min(...own)),
      bareMedianMs: round(median(bare)),
      bareMinMs: round(Math.min(...bare)),
      ratio: round(ratio),
      runs: own.length,
    },
    goal: `at most ${GOAL_RATIO} times the bare SDK`,
    met: ratio <= GOAL_RATIO,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
