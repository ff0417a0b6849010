import { z } from 'zod';
import { defineFault, type FaultLink } from '../fault.ts';

const keys = {
  count: z.int().min(1).describe('exchanges on which the nested fault acts'),
  per: z.enum(['connection', 'client', 'item']).default('item').describe('what the count is kept for'),
  fault: z.record(z.string(), z.json()).describe('the nested fault, written as any other'),
};
type Params = z.output<z.ZodObject<typeof keys>>;

/** Clients that are remembered; of more, the one that has been away longest begins anew. */
const MAX_CLIENTS = 10_000;

/** Exchanges are counted in the order in which they meet the fault; those outside its period do not count. */
export default defineFault({
  type: 'fail_first',
  summary: 'Acts on the first exchanges only, then not: tests retries exactly.',
  keys,
  mainKey: 'count',
  params: z.strictObject(keys),
  hasAlarms: true,
  nestedKey: 'fault',
  flows: ({ fault }, nested) => nested.flows(fault),
  describe: ({ count, per, fault }, nested) =>
    `${nested.describe(fault)}, on the first ${count} exchanges${per === 'item' ? '' : ` of each ${per}`}`,
  start({ fault, count, per }, place, nested) {
    const actor = nested.start(fault, place);
    const admit = admitFirst(count, per);
    return { begin: (link) => (admit(link) ? actor.begin(link) : {}) };
  },
});

/** Says whether an exchange is among the first `count` of its scope; asked again, it says the same. */
function admitFirst(count: number, per: Params['per']): (link: FaultLink) => boolean {
  const answers = new WeakMap<object, boolean>();
  const seenByConnection = new WeakMap<object, number>();
  const seenByName = new Map<string, number>();
  const next = (link: FaultLink): number => {
    if (per === 'connection') {
      const seen = seenByConnection.get(link.connection) ?? 0;
      seenByConnection.set(link.connection, seen + 1);
      return seen;
    }
    const name = per === 'client' ? link.client : '';
    const seen = seenByName.get(name) ?? 0;
    // A map lists what was set last at its end.
    seenByName.delete(name);
    seenByName.set(name, seen + 1);
    const [longestAway] = seenByName.keys();
    if (seenByName.size > MAX_CLIENTS && longestAway !== undefined) seenByName.delete(longestAway);
    return seen;
  };
  return (link) => {
    const known = answers.get(link.exchange);
    if (known !== undefined) return known;
    const admitted = next(link) < count;
    answers.set(link.exchange, admitted);
    return admitted;
  };
}
