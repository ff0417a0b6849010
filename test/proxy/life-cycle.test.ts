import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { createProxyHost, emptyProgram } from '../../src/proxy/host.ts';
import { programOf, specOf } from './support/program.ts';
import { connectTo, openProxy, serveTcp } from './support/servers.ts';

/** Runs a program that opens a proxy and prints its port, then does `afterwards`. */
function runProgram(afterwards: string) {
  const code = `
    import { createProxyHost, emptyProgram } from './src/proxy/host.ts';
    const spec = { name: 'p', listenPort: 0, upstream: { protocol: 'tcp', host: '127.0.0.1', port: 1 } };
    const proxy = await createProxyHost().open(spec, emptyProgram());
    process.stdout.write(String(proxy.port) + '\\n');
    ${afterwards}`;
  const child = spawn(process.execPath, ['--import', 'tsx/esm', '--input-type=module', '--eval', code]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const port = once(child.stdout, 'data').then(([text]) => Number(String(text)));
  return { child, ended, port };
}

async function connectError(port: number) {
  const client = connectTo(port);
  await client.closed;
  return client.error()?.code;
}

test('a process whose main thread ends is not kept alive by its proxies', async () => {
  const { ended, port } = runProgram('');
  const taken = await port;
  expect((await ended)[0]).toBe(0);
  expect(await connectError(taken)).toBe('ECONNREFUSED');
});

test('when the process is killed nothing listens any more', async () => {
  const { child, ended, port } = runProgram('setInterval(() => undefined, 1000);');
  const taken = await port;
  expect(await connectError(taken)).toBe('ECONNRESET');
  child.kill('SIGKILL');
  await ended;
  expect(await connectError(taken)).toBe('ECONNREFUSED');
});

test('a crash of the thread is a clear error for who waits and who comes later', async () => {
  const host = createProxyHost(
    new URL(
      'data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("boom"); })',
    ),
  );
  const open = () => host.open(specOf('tcp://127.0.0.1:1'), emptyProgram());
  await expect(open()).rejects.toMatchObject({ code: 'INTERNAL', details: { seen: 'boom' } });
  await expect(open()).rejects.toMatchObject({ code: 'INTERNAL' });
  await host.close();
});

test('a program that cannot be set to work opens nothing', async () => {
  const host = createProxyHost();
  const program = programOf([{ type: 'latency' }]);
  const faults = program.faults.map((planned) => ({
    ...planned,
    fault: { ...planned.fault, type: 'nonsense' },
  }));
  await expect(host.open(specOf('tcp://127.0.0.1:1'), { ...program, faults })).rejects.toMatchObject({
    code: 'SCENARIO_INVALID',
  });
  expect(host.list()).toEqual([]);
  await host.close();
});

test('several proxies stand side by side, and closing one leaves the others', async () => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const host = createProxyHost();
  onTestFinished(() => host.close());
  const first = await host.open(specOf(`tcp://127.0.0.1:${upstream}`, 'first'), emptyProgram());
  const second = await host.open(specOf(`tcp://127.0.0.1:${upstream}`, 'second'), emptyProgram());
  expect(host.list().map(({ spec }) => spec.name)).toEqual(['first', 'second']);
  await first.close();
  expect(host.list().map(({ spec }) => spec.name)).toEqual(['second']);
  const client = connectTo(second.port);
  client.socket.end('on');
  await client.ended;
  expect(client.text()).toBe('on');
});

test('a port is free again once close resolves', async () => {
  const proxy = await openProxy('tcp://127.0.0.1:1');
  await proxy.close();
  const again = await openProxy(`${proxy.port}=tcp://127.0.0.1:1`);
  expect(again.port).toBe(proxy.port);
});

test.each(['127.0.0.1', 'localhost', '[::1]'])(
  'a proxy that would pass to itself at %s opens nothing',
  async (name) => {
    const free = await openProxy('tcp://127.0.0.1:1');
    const { port } = free;
    await free.close();
    await expect(openProxy(`${port}=tcp://${name}:${port}`)).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining(`port ${port} is its own`),
    });
    expect((await openProxy(`${port}=tcp://127.0.0.1:1`)).port).toBe(port);
  },
);

test('thousands of connections leave nothing behind', async () => {
  const upstream = await serveTcp((socket) => socket.pipe(socket));
  const proxy = await openProxy(`tcp://127.0.0.1:${upstream}`, programOf([{ type: 'latency', mean: 1 }]));
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(
      Array.from({ length: 100 }, async () => {
        const client = connectTo(proxy.port);
        client.socket.end('x');
        await client.ended;
        client.socket.destroy();
      }),
    );
  }
  await expect
    .poll(async () => (await proxy.traffic()).openConnections, { interval: 10, timeout: 10_000 })
    .toBe(0);
  expect((await proxy.takeExchanges()).exchanges).toHaveLength(2_000);
});
