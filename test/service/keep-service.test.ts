import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type KeptService, keepService } from '../../src/service/keep-service.ts';
import { isAlive, makeApp } from './scripts.ts';

/** Ends at once when asked for /end, after a line about it; cannot be started twice where a file says so. */
const MORTAL = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { createServer } from 'node:http';
  if (existsSync('once')) process.exit(9);
  const server = createServer((req, res) => {
    if (req.url === '/end') {
      console.error('TypeError: nobody caught this');
      process.exit(7);
    }
    if (req.url === '/once') writeFileSync('once', '');
    res.end(String(process.pid));
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
`;

async function keep(signal: AbortSignal = new AbortController().signal): Promise<KeptService> {
  const app = await makeApp(MORTAL);
  const service = await keepService(
    app,
    { folder: app.folder, dependencies: {}, readyTimeoutMs: 60_000 },
    { clock: systemClock, signal, baseEnv: { PATH: process.env.PATH ?? '' } },
  );
  onTestFinished(() => service.stop());
  return service;
}

const ask = async ({ baseUrl }: KeptService, path: string) => (await fetch(`${baseUrl}${path}`)).text();
const end = (service: KeptService) => ask(service, '/end').catch(() => undefined);

test('a service that ended by itself runs again at the same address, and its ending is told once', async () => {
  const service = await keep();
  const first = Number(await ask(service, '/'));
  expect(await service.mend()).toBeNull();
  await end(service);
  expect(await service.mend()).toEqual({
    code: 7,
    signal: null,
    errorLine: 'TypeError: nobody caught this',
    whyNotAgain: null,
  });
  const second = Number(await ask(service, '/'));
  expect(second).not.toBe(first);
  expect(await service.mend()).toBeNull();
  await service.stop();
  expect([first, second].filter(isAlive)).toEqual([]);
});

test('a service that cannot be started again is left ended, with the reason', async () => {
  const service = await keep();
  await ask(service, '/once');
  await end(service);
  expect(await service.mend()).toMatchObject({
    code: 7,
    whyNotAgain: expect.stringMatching(/ended with exit code 9 before .* was ready/),
  });
  expect(await service.mend()).toBeNull();
});

test('a service that is stopped because the work was cancelled is not started again', async () => {
  const work = new AbortController();
  const service = await keep(work.signal);
  const pid = Number(await ask(service, '/'));
  work.abort();
  await service.stop();
  expect(await service.mend()).toBeNull();
  expect(isAlive(pid)).toBe(false);
});
