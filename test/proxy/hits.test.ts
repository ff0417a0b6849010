import { expect, test } from 'vitest';
import { Hits } from '../../src/proxy/hits.ts';
import { startProgram } from '../../src/proxy/program.ts';
import { programOf } from './support/program.ts';

test('hits are listed in the order in which their faults are written, whichever acted first', () => {
  const written = [
    { type: 'latency' },
    { type: 'jitter', amplitude: 1, frequency: 1 },
    { type: 'bandwidth', rate: 1 },
  ];
  const { faults } = startProgram(programOf(written), null);
  const hits = new Hits();
  for (const [atMs, fault] of faults.toReversed().entries()) hits.hold(fault, 'response', atMs, 1, 0);
  expect(hits.list().map(({ type, atMs }) => [type, atMs])).toEqual([
    ['latency', 2],
    ['jitter', 1],
    ['bandwidth', 0],
  ]);
});
