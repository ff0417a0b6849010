// Starts PostgreSQL and Redis for the stories, with their data in a temporary folder, until Ctrl-C.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const DEBIAN = '/usr/lib/postgresql';
const START_LIMIT_MS = 60_000;
const { values } = parseArgs({
  options: {
    'postgres-port': { type: 'string', default: '7432' },
    'redis-port': { type: 'string', default: '7379' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'stories-'));
const servers = [];
let ending = null;
process.on('SIGINT', () => end(0));
process.on('SIGTERM', () => end(0));

try {
  const bin = {
    postgres: demandFolder(['initdb', 'postgres'], 'postgresql'),
    redis: demandFolder(['redis-server'], 'redis-server'),
  };
  const postgres = await startPostgres(bin.postgres, await choosePort('postgres-port'));
  const redis = await startRedis(bin.redis, await choosePort('redis-port'));
  console.log(`PostgreSQL listens at psql://127.0.0.1:${postgres}`);
  console.log(`Redis listens at redis://127.0.0.1:${redis}`);
  console.log(`Their data is in ${folder}. Ctrl-C ends both and removes it.`);
} catch (error) {
  if (ending === null) console.error(error.message);
  await end(1);
}

async function startPostgres(bin, port) {
  const data = join(folder, 'postgres');
  mkdirSync(data, { mode: 0o700 });
  const user = ordinaryUser();
  if (user.uid !== undefined) {
    chownSync(folder, user.uid, user.gid);
    chownSync(data, user.uid, user.gid);
  }
  const options = { ...user, cwd: data, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } };
  const setUp = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(bin, 'initdb'), setUp, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
  const listen = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data];
  const server = spawn(join(bin, 'postgres'), listen, { ...options, stdio: 'ignore', detached: true });
  await started('PostgreSQL', server, port, 'SIGINT');
  return port;
}

async function startRedis(bin, port) {
  const settings = ['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const server = spawn(join(bin, 'redis-server'), ['--port', String(port), ...settings], {
    stdio: 'ignore',
    detached: true,
  });
  await started('Redis', server, port, 'SIGTERM');
  return port;
}

/** Waits until it accepts connections; when it ends before we end it, so does everything. */
async function started(name, server, port, signal) {
  servers.push({ server, signal });
  server.once('exit', (code) => {
    if (ending !== null) return;
    console.error(`${name} has ended by itself (${code ?? 'by a signal'}).`);
    end(1);
  });
  const untilMs = Date.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (ending !== null) throw new Error(`${name} did not start.`);
    if (Date.now() > untilMs) throw new Error(`${name} did not accept connections within a minute.`);
    await pause(50);
  }
}

function end(code) {
  ending ??= (async () => {
    await Promise.all(
      servers.map(async ({ server, signal }) => {
        if (server.exitCode === null && server.signalCode === null && server.kill(signal))
          await once(server, 'exit');
      }),
    );
    rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  })();
  return ending;
}

/** PostgreSQL refuses to run as root; Debian's package comes with a user for it. */
function ordinaryUser() {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch (cause) {
    throw new Error('PostgreSQL does not run as root, and there is no user postgres: run this as another.', {
      cause,
    });
  }
}

/** The port of the option; 0 takes a free one. */
async function choosePort(option) {
  const port = Number(values[option]);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--${option} must be a port, got ${values[option]}.`);
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error) => {
    throw new Error(
      `Port ${port} cannot be taken (${error.code}): end what listens there, or name another by --${option} and in breakwater.yaml.`,
    );
  });
  const taken = server.address().port;
  server.close();
  await once(server, 'close');
  return taken;
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const tell = (opened) => {
      socket.destroy();
      resolve(opened);
    };
    socket.once('connect', () => tell(true)).once('error', () => tell(false));
  });
}

/** The folder that holds all of the programs: where Debian puts PostgreSQL's, or on the PATH. */
function demandFolder(programs, packageName) {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = [
    ...newestFirst.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const found = folders.find((one) => programs.every((program) => existsSync(join(one, program))));
  if (found !== undefined) return found;
  throw new Error(
    `${programs.join(' and ')} cannot be found. On Debian or Ubuntu: apt-get install ${packageName}`,
  );
}
