import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { AppConfig } from '../../src/config.ts';
import { AppError } from '../../src/errors.ts';
import { type RunningService, type StartOptions, startService } from '../../src/service/start.ts';
import { ECHO_SERVER, isAlive, makeApp } from './scripts.ts';

async function start(
  app: AppConfig,
  options: Partial<StartOptions> = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<RunningService> {
  const service = await startService(
    app,
    { folder: app.folder, dependencies: {}, readyTimeoutMs: 20_000, ...options },
    { clock: systemClock, signal, baseEnv: { PATH: process.env.PATH ?? '' } },
  );
  onTestFinished(() => service.stop());
  return service;
}

async function failToStart(app: AppConfig, options: Partial<StartOptions> = {}): Promise<AppError> {
  const error = await start(app, options).catch((thrown: unknown) => thrown);
  if (error instanceof AppError) return error;
  throw new Error(`expected an AppError, got ${String(error)}`);
}

async function readEcho(service: RunningService): Promise<{ pid: number; env: Record<string, string> }> {
  return (await (await fetch(service.baseUrl)).json()) as { pid: number; env: Record<string, string> };
}

test('a service is started on a free port, is ready when it answers, and is gone once stopped', async () => {
  const service = await start(await makeApp(ECHO_SERVER));
  expect(service.baseUrl).toBe(`http://127.0.0.1:${service.port}`);
  expect((await readEcho(service)).pid).toBe(service.pid);
  await service.stop();
  await service.stop();
  expect(await service.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(isAlive(service.pid)).toBe(false);
});

test('its dependencies come to it by the address of their proxy, whole or in parts', async () => {
  const env = {
    PORT: '{port}',
    DATABASE_URL: 'postgres://app@{db}/shop',
    DB_HOST: '{db.host}',
    DB_PORT: '{db.port}',
  };
  const app = await makeApp(ECHO_SERVER, { env });
  const service = await start(app, { dependencies: { db: '127.0.0.1:4567' } });
  expect((await readEcho(service)).env).toMatchObject({
    PORT: String(service.port),
    DATABASE_URL: 'postgres://app@127.0.0.1:4567/shop',
    DB_HOST: '127.0.0.1',
    DB_PORT: '4567',
  });
});

test('it inherits nothing but the given environment and its own', async () => {
  const service = await start(await makeApp(ECHO_SERVER));
  const names = Object.keys((await readEcho(service)).env).filter((name) => !name.startsWith('__CF'));
  expect(names.toSorted()).toEqual(['PATH', 'PORT']);
});

test('an answer of 404 at the ready URL counts as ready', async () => {
  const script = ECHO_SERVER.replace('res.end', 'res.writeHead(404).end');
  expect((await start(await makeApp(script))).port).toBeGreaterThan(0);
});

test('without a ready URL, it is ready when its port accepts', async () => {
  const service = await start(await makeApp(ECHO_SERVER, { ready: null }));
  expect((await readEcho(service)).env.PORT).toBe(String(service.port));
});

test('answers of 503 are not ready, and the error tells what was seen and expected', async () => {
  const script = ECHO_SERVER.replace('res.end', 'res.writeHead(503).end');
  const error = await failToStart(await makeApp(`console.log('warming up');${script}`), {
    readyTimeoutMs: 4_000,
  });
  expect(error.code).toBe('SERVICE_NOT_READY');
  expect(error.message).toMatch(
    /within 4,000 ms: http:.*\/health answered 503, expected an answer below 500\./,
  );
  expect(error.details.last_lines).toEqual(['warming up']);
});

test('a service that never listens is not ready, and is not left running', async () => {
  const script = 'console.log(process.pid); setInterval(() => {}, 1_000);';
  const error = await failToStart(await makeApp(script), { readyTimeoutMs: 800 });
  expect(error.message).toContain('refused the connection');
  const [pid] = error.details.last_lines as string[];
  expect(isAlive(Number(pid))).toBe(false);
});

test('a service that ends at once is told by its exit code and last lines, without waiting on', async () => {
  const app = await makeApp("console.error('no database given'); process.exit(7);");
  const error = await failToStart(app, { readyTimeoutMs: 600_000 });
  expect(error.code).toBe('SERVICE_NOT_READY');
  expect(error.message).toContain('ended with exit code 7');
  expect(error.details).toMatchObject({ exit_code: 7, last_lines: ['no database given'] });
});

test('the message of an error stands before the last lines, however long the dump behind it is', async () => {
  const script =
    "throw Object.assign(new Error('the schema is missing'), { rows: Array(90).fill('row '.repeat(20)) });";
  const error = await failToStart(await makeApp(script));
  const lines = error.details.last_lines as string[];
  expect(lines).toHaveLength(22);
  expect(lines.slice(0, 2)).toEqual(['Error: the schema is missing', '…']);
  expect(lines.at(-1)).toMatch(/^Node\.js v/);
});

test('a program that does not exist is named', async () => {
  const error = await failToStart(await makeApp('', { command: ['no-such-program-here', 'x'] }));
  expect(error.code).toBe('SERVICE_NOT_READY');
  expect(error.message).toBe(
    'The program "no-such-program-here" was not found; the command is "no-such-program-here x".',
  );
});

test('a folder that does not exist is not mistaken for a missing program', async () => {
  const app = await makeApp('');
  expect((await failToStart(app, { folder: `${app.folder}/gone` })).code).toBe('NOT_FOUND');
});

test('a service that ignores SIGTERM is killed', async () => {
  const service = await start(await makeApp(`process.on('SIGTERM', () => {});${ECHO_SERVER}`));
  await service.stop();
  expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isAlive(service.pid)).toBe(false);
});

test('the children of a service end with it', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
    console.log(child.pid);
    ${ECHO_SERVER}`;
  const service = await start(await makeApp(script));
  const child = Number(service.logTail()[0]);
  onTestFinished(() => {
    if (isAlive(child)) process.kill(child, 'SIGKILL');
  });
  expect(isAlive(child)).toBe(true);
  await service.stop();
  await expect.poll(() => isAlive(child)).toBe(false);
});

test('aborting while it is not yet ready stops it and gives the reason of the signal', async () => {
  const app = await makeApp('console.log(process.pid); setInterval(() => {}, 1_000);');
  const abort = new AbortController();
  const starting = start(app, {}, abort.signal);
  setTimeout(() => abort.abort(new Error('enough')), 300);
  await expect(starting).rejects.toThrow('enough');
});

test('aborting after it was ready stops it', async () => {
  const abort = new AbortController();
  const service = await start(await makeApp(ECHO_SERVER), {}, abort.signal);
  abort.abort();
  expect(await service.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('another process at a fixed ready URL is not taken for the service', async () => {
  const other = createServer((_request, response) => response.end('other')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const ready = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
  expect((await failToStart(await makeApp(ECHO_SERVER, { ready }))).code).toBe('PORT_IN_USE');
});

test('a command that cannot know its port is refused before it is started', async () => {
  const error = await failToStart(await makeApp(ECHO_SERVER, { ready: null, env: { PORT: '3000' } }));
  expect(error.code).toBe('CONFIG_INVALID');
});

test('a placeholder that stands for nothing is named, with the nearest that does', async () => {
  const app = await makeApp(ECHO_SERVER, { env: { PORT: '{port}', URL: 'http://{payment}' } });
  const error = await failToStart(app, { dependencies: { payments: '127.0.0.1:1' } });
  expect(error.message).toBe('app.env.URL of breakwater.yaml holds {payment}, which stands for nothing.');
  expect(error.hint).toContain('Did you mean {payments}?');
});

test('secrets of its environment are masked in its output', async () => {
  const script = `console.log('at', process.env.DB_URL, 'with', process.env.API_KEY, process.env.MODE);${ECHO_SERVER}`;
  const env = {
    PORT: '{port}',
    DB_URL: 'postgres://app:tiger99@h/x',
    API_KEY: 'plainvalue',
    MODE: 'verbose',
  };
  const service = await start(await makeApp(script, { env }));
  expect(service.logTail()).toEqual(['at postgres://app:***@h/x with *** verbose']);
});
