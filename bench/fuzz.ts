import { attack } from '../test/e2e/fuzz/attack.ts';
import type { BenchRow } from './row.ts';

const DEFAULT_MESSAGES = 20_000;
const DEFAULT_SEED = 1;
const MEMORY_LIMIT_MB = 512;

/** Throws hostile messages at the server over each transport; the same seed throws the same ones. */
export async function measureFuzz(count: string | null, seed: string | null): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const transport of ['stdio', 'http', 'sse'] as const) {
    const result = await attack(transport, Number(count ?? DEFAULT_MESSAGES), Number(seed ?? DEFAULT_SEED));
    if (result.crash !== null) console.log(`${transport}: ${result.crash}`);
    for (const text of result.strange.slice(0, 5)) console.log(`${transport}: no message: ${text}`);
    const figures = {
      messages: result.sent,
      fairRequests: result.requests,
      unanswered: result.unanswered.length,
      strangeLines: result.strange.length,
      crashes: result.crash === null ? 0 : 1,
      peakMb: result.peakMb,
      seconds: Math.round(result.seconds),
    };
    rows.push({
      bench: 'fuzz',
      subject: transport,
      figures,
      goal: `no crash, all fair requests answered, below ${MEMORY_LIMIT_MB} MB`,
      met:
        figures.crashes + figures.unanswered + figures.strangeLines === 0 && result.peakMb < MEMORY_LIMIT_MB,
    });
  }
  return rows;
}
