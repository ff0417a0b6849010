// npm run bench [NAME…] [rounds=N]: prints a table and JSON lines for each benchmark.
import { measureIsolation } from './isolation.ts';
import { measureLoad } from './load.ts';
import type { BenchRow } from './row.ts';
import { measureScale } from './scale.ts';
import { measureSpeed } from './speed.ts';
import { measureStartup } from './startup.ts';
import { measureSuite } from './suite.ts';

const BENCHES: Readonly<Record<string, (rounds?: number) => Promise<readonly BenchRow[]>>> = {
  startup: measureStartup,
  load: measureLoad,
  isolation: measureIsolation,
  speed: measureSpeed,
  scale: measureScale,
  suite: measureSuite,
};
/** Those that take minutes run only when named. */
const HEAVY: readonly string[] = ['speed', 'scale', 'suite'];

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('rounds='));
const rounds = words.find((word) => word.startsWith('rounds='))?.slice('rounds='.length);
for (const [name, measure] of Object.entries(BENCHES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : HEAVY.includes(name)) continue;
  const rows = await measure(rounds === undefined ? undefined : Number(rounds));
  console.log(`\n${name}`);
  console.table(Object.fromEntries(rows.map(({ subject, figures }) => [subject, figures])));
  for (const row of rows) console.log(JSON.stringify(row));
}
