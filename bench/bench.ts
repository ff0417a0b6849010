// npm run bench [NAME…] [rounds=N] [folder=PATH] [count=N] [seed=N] [--quick]: prints a table and JSON lines for each benchmark.
import { measureFidelity } from './fidelity.ts';
import { measureFuzz } from './fuzz.ts';
import { measureGenerate } from './generate.ts';
import { measureIsolation } from './isolation.ts';
import { measureLoad } from './load.ts';
import { measureRag } from './rag.ts';
import type { BenchRow } from './row.ts';
import { measureScale } from './scale.ts';
import { measureSpeed } from './speed.ts';
import { measureStartup } from './startup.ts';
import { measureSuite } from './suite.ts';

const words = process.argv.slice(2);
const option = (name: string) =>
  words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;

const BENCHES: Readonly<Record<string, (rounds?: number) => Promise<readonly BenchRow[]>>> = {
  startup: measureStartup,
  generate: measureGenerate,
  load: measureLoad,
  isolation: measureIsolation,
  rag: () => measureRag(option('folder')),
  speed: measureSpeed,
  scale: measureScale,
  suite: measureSuite,
  fuzz: () => measureFuzz(option('count'), option('seed')),
  fidelity: () => measureFidelity(words.includes('--quick')),
};
/** Those that take minutes run only when named. */
const HEAVY: readonly string[] = ['rag', 'speed', 'scale', 'suite', 'fuzz', 'fidelity'];

const wanted = words.filter((word) => !word.includes('=') && !word.startsWith('--'));
const rounds = option('rounds');
for (const [name, measure] of Object.entries(BENCHES)) {
  if (wanted.length > 0 ? !wanted.includes(name) : HEAVY.includes(name)) continue;
  const rows = await measure(rounds === null ? undefined : Number(rounds));
  console.log(`\n${name}`);
  console.table(
    Object.fromEntries(
      rows.map(({ subject, figures, goal, met }) => [
        subject,
        goal === undefined ? figures : { ...figures, goal, met },
      ]),
    ),
  );
  for (const row of rows) console.log(JSON.stringify(row));
}
