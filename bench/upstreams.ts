import { spawn } from 'node:child_process';

export interface Upstream {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * An upstream that answers as soon as bytes can: 10 bytes, or 10 MB at `/bulk`. It looks for
 * the end of each head only, so that it costs less than what is measured. With `delayMs` it answers so much later.
 */
export function openUpstream(delayMs = 0): Promise<Upstream> {
  return openInProcess(`
    const { createServer } = require('node:net');
    const head = (bytes, more) => 'HTTP/1.1 200 OK\\r\\ncontent-type: text/plain\\r\\ncontent-length: ' + bytes + more + '\\r\\n\\r\\n';
    const small = { keep: Buffer.from(head(10, '') + '0123456789'), close: Buffer.from(head(10, '\\r\\nconnection: close') + '0123456789') };
    const bulk = Buffer.concat([Buffer.from(head(1e7, '')), Buffer.alloc(1e7, 97)]);
    const server = createServer({ noDelay: true }, (socket) => {
      let rest = '';
      socket.on('error', () => {}).on('data', (chunk) => {
        const heads = (rest + chunk.latin1Slice()).split('\\r\\n\\r\\n');
        rest = heads.pop();
        for (const each of heads) {
          const closes = /connection: close/i.test(each);
          if (each.startsWith('GET /bulk')) socket.write(bulk);
          else if (${delayMs} > 0) setTimeout(() => socket.write(small.keep), ${delayMs});
          else socket.write(closes ? small.close : small.keep);
          if (closes) socket.end();
        }
      });
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => process.send(server.address().port));`);
}

/** A forwarder of nothing but `node:http`, for comparison. */
export function openForwarder(upstreamPort: number): Promise<Upstream> {
  return openInProcess(`
    const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true });
    const server = http.createServer((request, response) => {
      const { method, url: path, headers } = request;
      const sent = http.request({ port: ${upstreamPort}, host: '127.0.0.1', method, path, headers, agent }, (answer) => {
        response.writeHead(answer.statusCode, answer.rawHeaders);
        answer.pipe(response);
      });
      sent.on('error', () => response.destroy());
      request.pipe(sent);
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => process.send(server.address().port));`);
}

/** A plain \`socket.pipe\` both ways, for comparison. */
export function openPipe(upstreamPort: number): Promise<Upstream> {
  return openInProcess(`
    const net = require('node:net');
    const server = net.createServer({ noDelay: true }, (client) => {
      const upstream = net.connect({ port: ${upstreamPort}, host: '127.0.0.1', noDelay: true });
      client.on('error', () => upstream.destroy()).pipe(upstream);
      upstream.on('error', () => client.destroy()).pipe(client);
    });
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => process.send(server.address().port));`);
}

/**
 * In a process of its own, as a service and another proxy are: a thread of ours would share the collector's helpers
 * and the memory map with the proxy that is measured. It ends with us.
 */
async function openInProcess(source: string): Promise<Upstream> {
  const child = spawn(
    process.execPath,
    ['-e', `process.once('disconnect', () => process.exit());${source}`],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const port = await new Promise<number>((resolve) => child.once('message', (told) => resolve(Number(told))));
  return {
    port,
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
