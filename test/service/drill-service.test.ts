import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { AppConfig } from '../../src/config.ts';
import { createDrillService, type RestartableService } from '../../src/service/drill-service.ts';
import { ECHO_SERVER, isAlive, makeApp } from './scripts.ts';

async function startIt(app: AppConfig, signal = new AbortController().signal): Promise<RestartableService> {
  const service = await createDrillService(
    app,
    { folder: app.folder, dependencies: {}, readyTimeoutMs: 20_000 },
    { clock: systemClock, signal, baseEnv: { PATH: process.env.PATH ?? '' } },
  );
  onTestFinished(() => service.stop());
  return service;
}

/** The id of the process that answers; `null`: none does. */
async function readPid(service: RestartableService): Promise<number | null> {
  const response = await fetch(service.baseUrl).catch(() => null);
  return response === null ? null : ((await response.json()) as { pid: number }).pid;
}

test('a crashed service is gone at once, and comes back on the same port', async () => {
  const service = await startIt(await makeApp(ECHO_SERVER));
  const first = await readPid(service);
  expect(await service.listPids()).toEqual([first]);
  expect(service.groupId()).toBe(first);
  await service.crash();
  expect(isAlive(first!)).toBe(false);
  expect(await service.listPids()).toEqual([]);
  expect(service.groupId()).toBeNull();

  await service.start();
  await service.untilReady(30_000);
  expect(await readPid(service)).not.toBe(first);
  expect(service.groupId()).toBe(await readPid(service));
  expect(service.listUnexpectedEnds(0)).toEqual([]);
});

test('starting a service that runs changes nothing', async () => {
  const service = await startIt(await makeApp(ECHO_SERVER));
  const pid = await readPid(service);
  await service.start();
  expect(await readPid(service)).toBe(pid);
});

test('the children of a crashed service are gone with it', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    ${ECHO_SERVER}`;
  const service = await startIt(await makeApp(script));
  const pids = await service.listPids();
  expect(pids).toHaveLength(2);
  await service.crash();
  await expect.poll(() => pids.filter(isAlive), { timeout: 30_000 }).toEqual([]);
});

test('an end that nobody asked for is told with its time and how it ended', async () => {
  const script = `${ECHO_SERVER}; process.on('SIGUSR2', () => process.exit(7));`;
  const service = await startIt(await makeApp(script));
  const epochMs = systemClock.now();
  process.kill(service.groupId()!, 'SIGUSR2');
  await expect.poll(() => service.listUnexpectedEnds(epochMs), { timeout: 30_000 }).toHaveLength(1);
  const [end] = service.listUnexpectedEnds(epochMs);
  expect(end).toMatchObject({ code: 7, signal: null, outOfMemory: false });
  expect(end!.atMs).toBeGreaterThan(0);
  expect(service.listUnexpectedEnds(systemClock.now())).toEqual([]);
  await service.start();
  await expect.poll(() => readPid(service), { timeout: 30_000 }).not.toBeNull();
});

test('a service that says it had no memory left is told so', async () => {
  const script = `${ECHO_SERVER}; process.on('SIGUSR2', () => {
    const held = []; for (;;) held.push(new Array(1e6).fill({})); });`;
  const command = [process.execPath, '--max-old-space-size=64', 'main.mjs'];
  const service = await startIt(await makeApp(script, { command }));
  process.kill(service.groupId()!, 'SIGUSR2');
  await expect.poll(() => service.listUnexpectedEnds(0), { timeout: 60_000 }).toHaveLength(1);
  expect(service.listUnexpectedEnds(0)[0]).toMatchObject({ outOfMemory: true });
});

test('an end by SIGKILL from somebody else is unexpected, and no want of memory', async () => {
  const service = await startIt(await makeApp(ECHO_SERVER));
  process.kill(service.groupId()!, 'SIGKILL');
  await expect.poll(() => service.listUnexpectedEnds(0), { timeout: 30_000 }).toHaveLength(1);
  expect(service.listUnexpectedEnds(0)[0]).toMatchObject({ signal: 'SIGKILL', outOfMemory: false });
});

test('stopping it, or cancelling, is no unexpected end', async () => {
  const stopped = await startIt(await makeApp(ECHO_SERVER));
  await stopped.stop();
  const abort = new AbortController();
  const cancelled = await startIt(await makeApp(ECHO_SERVER), abort.signal);
  abort.abort();
  await expect.poll(() => cancelled.groupId(), { timeout: 30_000 }).toBeNull();
  expect([...stopped.listUnexpectedEnds(0), ...cancelled.listUnexpectedEnds(0)]).toEqual([]);
});
