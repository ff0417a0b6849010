import { once } from 'node:events';
import { expect, test } from 'vitest';
import { delayAnswers } from '../../../src/scenario/drill/break-dependency.ts';
import { programOf } from '../../proxy/support/program.ts';
import { connectTo, openProxy, serveTcp } from '../../proxy/support/servers.ts';

test('a delay of a dependency is put on its answers only, so that a round trip costs it once', async () => {
  const port = await serveTcp((socket) => socket.pipe(socket));
  const program = programOf([]);
  const fault = { index: 0, fault: delayAnswers(200), windows: [{ startMs: 0, endMs: Infinity }] };
  const proxy = await openProxy(`tcp://127.0.0.1:${port}`, { ...program, faults: [fault] });
  const { socket } = connectTo(proxy.port);
  socket.write('hello');
  await once(socket, 'data');
  const { exchanges } = await proxy.takeExchanges();
  expect(exchanges.map(({ hits }) => hits.map(({ flow }) => flow))).toEqual([['response']]);
  expect(exchanges[0]?.injectedMs).toBeGreaterThanOrEqual(200);
});
