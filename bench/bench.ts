// npm run bench [NAME…] [rounds=N] [folder=PATH] [count=N] [seed=N] [minutes=N]
// [--quick] [--check]: prints a table and JSON lines for each benchmark; with --check a missed goal is a failure.
import { measureFidelity } from './fidelity.ts';
import { measureFuzz } from './fuzz.ts';
import { measureGenerate } from './generate.ts';
import { measureIsolation } from './isolation.ts';
import { measureLoad } from './load.ts';
import { measureRag } from './rag.ts';
import type { BenchRow } from './row.ts';
import { measureScale } from './scale.ts';
import { measureSoak } from './soak.ts';
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
  soak: () => measureSoak(option('minutes')),
  fidelity: () => measureFidelity(words.includes('--quick')),
};
/** Those that take minutes run only when named. */
const HEAVY: readonly string[] = ['rag', 'speed', 'scale', 'suite', 'fuzz', 'soak', 'fidelity'];

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
  if (words.includes('--check') && rows.some(({ met }) => met === false)) process.exitCode = 1;
}
