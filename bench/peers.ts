import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './wrk.ts';

/** Another proxy in front of the upstream. */
export interface Peer {
  readonly name: string;
  readonly port: number;
  /** `null`: it knows no latency fault. */
  readonly delayedPort: number | null;
  close(): Promise<void>;
}

/** Starts those of `programs` that are on the PATH, by default all that are known; says which are not. */
export async function openPeers(
  upstreamPort: number,
  delayMs: number,
  programs: readonly string[] = Object.keys(PEERS),
): Promise<readonly Peer[]> {
  const peers: Peer[] = [];
  for (const [program, open] of Object.entries(PEERS)) {
    if (!programs.includes(program)) continue;
    const path = findProgram(program);
    if (path === null) console.log(`${program}: not on the PATH, left out`);
    else peers.push(await open(path, upstreamPort, delayMs));
  }
  return peers;
}

const PEERS: Readonly<
  Record<string, (path: string, upstreamPort: number, delayMs: number) => Promise<Peer>>
> = {
  async 'toxiproxy-server'(path, upstreamPort, delayMs) {
    const apiPort = await freePort();
    const child = spawn(path, ['-host', '127.0.0.1', '-port', String(apiPort)], {
      stdio: 'ignore',
      env: { ...process.env, LOG_LEVEL: 'error' },
    });
    await untilOpen(apiPort);
    const api = `http://127.0.0.1:${apiPort}/proxies`;
    const post = async (url: string, body: object) => {
      const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(await response.text());
    };
    const ports = [await freePort(), await freePort()] as const;
    for (const [index, port] of ports.entries()) {
      const listen = `127.0.0.1:${port}`;
      await post(api, { name: `p${index}`, listen, upstream: `127.0.0.1:${upstreamPort}` });
    }
    await post(`${api}/p1/toxics`, { type: 'latency', attributes: { latency: delayMs, jitter: 0 } });
    return { name: 'toxiproxy', port: ports[0], delayedPort: ports[1], close: () => end(child) };
  },
  async haproxy(path, upstreamPort) {
    const port = await freePort();
    const config = `defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen bench
  bind 127.0.0.1:${port}
  maxconn 4000
  server upstream 127.0.0.1:${upstreamPort}
`;
    return startWithFile('haproxy tcp', port, config, (file) => spawn(path, ['-q', '-db', '-f', file]));
  },
  async nginx(path, upstreamPort) {
    const port = await freePort();
    // nginx unlinks its pid file when it ends, so that must be a file of its own; `-p` puts it in the folder.
    const config = `daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000;
  upstream up { server 127.0.0.1:${upstreamPort}; keepalive 300; keepalive_requests 1000000; }
  server { listen 127.0.0.1:${port}; location / {
    proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_max_temp_file_size 0; } }
}
`;
    return startWithFile('nginx http', port, config, (file) =>
      spawn(path, ['-e', 'stderr', '-p', dirname(file), '-c', file]),
    );
  },
};

async function startWithFile(
  name: string,
  port: number,
  config: string,
  start: (file: string) => ChildProcess,
): Promise<Peer> {
  const folder = await mkdtemp(join(tmpdir(), 'breakwater-bench-'));
  const file = join(folder, 'peer.conf');
  await writeFile(file, config);
  const child = start(file);
  await untilOpen(port);
  return {
    name,
    port,
    delayedPort: null,
    async close() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket
        .once('connect', () => resolve(true))
        .once('error', () => resolve(false))
        .once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on ${port}`);
}
