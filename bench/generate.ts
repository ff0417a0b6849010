import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { BenchRow } from './row.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./generate-one.ts', import.meta.url));
const MAX_OUTPUT_BYTES = 1_000_000;

/** Operations, how the document is written, and MB of descriptions that it carries besides. */
const CASES = [
  [1_000, 'json', 0],
  [1_000, 'yaml', 0],
  [3_000, 'json', 0],
  [1_000, 'json', 40],
  [1_000, 'yaml', 40],
] as const;

/** Time and peak memory of reading a large document and making all its scenarios; a process for each. */
export async function measureGenerate(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [operations, format, megabytes] of CASES) {
    const args = ['--import', 'tsx/esm', script, String(operations), format, String(megabytes)];
    const { stdout } = await run(process.execPath, args, { maxBuffer: MAX_OUTPUT_BYTES });
    const figures = z.record(z.string(), z.number()).parse(JSON.parse(stdout));
    const rounded = Object.entries(figures).map(
      ([name, value]) => [name, Math.round(value * 10) / 10] as const,
    );
    const more = megabytes === 0 ? '' : ` with ${megabytes} MB of text`;
    rows.push({
      bench: 'generate',
      subject: `${operations} operations, ${format}${more}`,
      figures: Object.fromEntries(rounded),
    });
  }
  return rows;
}
