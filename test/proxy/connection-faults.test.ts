// Random conversations through a proxy whose upstream is down (`refuse`) or has no address (`dns`) now and then, against
// a model: what each connection meets depends on nothing but the time and the faults of that time.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { connectTo, serveHttp, serveTcp } from './support/servers.ts';
import {
  type Expected,
  openUnreachable,
  RESET_MS,
  RESOLVER_MS,
  type Step,
  steps,
  until,
} from './support/unreachable-upstream.ts';

type Client = ReturnType<typeof connectTo>;
type Unreachable = Awaited<ReturnType<typeof openUnreachable>>;

const NEVER = Number.POSITIVE_INFINITY;

/** Counts outcomes, to see that a property spoke of each of them. */
function countOutcomes() {
  const seen = { cut: 0, upstream_error: 0, upstream_timeout: 0, complete: 0 };
  return {
    note(ends: readonly Expected[]) {
      for (const [outcome] of ends) seen[outcome as keyof typeof seen] += 1;
    },
    check() {
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
    },
  };
}

/** Raw TCP: a connection asks for its upstream when it begins, and is live until it ends. */
class TcpModel {
  connected = 0;
  readonly over: { readonly client: Client; readonly end: Expected }[] = [];
  readonly #here: Unreachable;
  readonly #open = new Map<number, { client: Client; end: Expected; failsAtMs: number }>();

  constructor(here: Unreachable) {
    this.#here = here;
  }

  async play(step: Step): Promise<void> {
    if ('faults' in step) this.#here.change(step.faults);
    else if ('wait' in step) this.#advance(step.wait);
    else await this.#use(step.use);
    this.#advance(RESET_MS);
    for (const { client } of this.over) {
      await client.closed;
      expect(client.error()?.code).toBe('ECONNRESET');
    }
    for (const { client } of this.#open.values()) expect(client.socket.closed).toBe(false);
  }

  async end(): Promise<void> {
    this.#here.change({ refuse: null, dns: null });
    // A resolver that was asked before gives up all the same.
    this.#advance(RESOLVER_MS);
    for (const { client, end } of this.#open.values()) {
      client.socket.end();
      await client.ended;
      this.over.push({ client, end });
    }
    await until(() => this.#here.proxy.traffic().openConnections === 0);
  }

  async #use(place: number): Promise<void> {
    const known = this.#open.get(place);
    const client = known?.client ?? connectTo(this.#here.port);
    client.socket.write('x');
    if (known === undefined) {
      const others = this.over.length + this.#open.size;
      await until(() => this.#here.proxy.traffic().connections > others);
      this.#begin(place, client);
    }
    const bytes = client.bytes().length;
    if (this.#open.get(place)?.failsAtMs === NEVER) await until(() => client.bytes().length > bytes);
  }

  #begin(place: number, client: Client): void {
    const nowMs = this.#here.timeline.now();
    const failure = this.#here.resolving();
    if (this.#here.isRefusing(nowMs, nowMs)) this.over.push({ client, end: ['cut', 'refuse'] });
    else if (failure !== null)
      this.#open.set(place, { client, end: failure.expected, failsAtMs: failure.atMs });
    else {
      this.connected += 1;
      this.#open.set(place, { client, end: ['complete'], failsAtMs: NEVER });
    }
  }

  #advance(ms: number): void {
    const { timeline } = this.#here;
    const fromMs = timeline.now();
    timeline.advanceTo(fromMs + ms);
    for (const [place, { client, end, failsAtMs }] of this.#open) {
      const waited = end[0] === 'complete' ? [] : ['dns'];
      const cut: Expected = ['cut', ...waited, 'refuse'];
      if (this.#here.isRefusing(fromMs, Math.min(failsAtMs, fromMs + ms)))
        this.over.push({ client, end: cut });
      else if (failsAtMs <= fromMs + ms) this.over.push({ client, end });
      else continue;
      this.#open.delete(place);
    }
  }
}

test('raw TCP: refuse resets what is open in its periods and what comes, dns what has to connect', async () => {
  let asked = 0;
  const upstream = await serveTcp((socket) => {
    asked += 1;
    socket.pipe(socket);
  });
  const outcomes = countOutcomes();
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const here = await openUnreachable('tcp', upstream);
      const model = new TcpModel(here);
      const askedBefore = asked;
      for (const step of plan) await model.play(step);
      await model.end();
      const { exchanges } = await here.proxy.take(true);
      const last = new Map(
        exchanges.map(({ connection, outcome, hits }) => [
          connection,
          [outcome, ...hits.map(({ type }) => type)],
        ]),
      );
      const ends = model.over.map(({ end }) => end);
      expect([...last.values()].toSorted()).toEqual(ends.toSorted());
      // The upstream heard of those alone that had a way to it.
      expect(asked - askedBefore).toBe(model.connected);
      outcomes.note(ends);
    }),
    { numRuns: 250, seed: 11 },
  );
  outcomes.check();
});

/** HTTP: a request asks for the upstream, unless one before it on the same connection has reached it. */
class HttpModel {
  readonly expected: Expected[] = [];
  readonly #here: Unreachable;
  readonly #open = new Map<number, { readonly client: Client; readonly isConnected: boolean }>();

  constructor(here: Unreachable) {
    this.#here = here;
  }

  async play(step: Step): Promise<void> {
    const { timeline } = this.#here;
    if ('faults' in step) this.#here.change(step.faults);
    else if ('wait' in step) timeline.advanceTo(timeline.now() + step.wait);
    else await this.#request(step.use);
  }

  async #request(place: number): Promise<void> {
    const { proxy, timeline, isRefusing } = this.#here;
    const { client, isConnected } = this.#open.get(place) ?? {
      client: connectTo(this.#here.port),
      isConnected: false,
    };
    const before = client.text().length;
    client.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => proxy.traffic().exchanges > this.expected.length);
    const nowMs = timeline.now();
    const failure = isConnected || isRefusing(nowMs, nowMs) ? null : this.#here.resolving();
    const answeredAtMs = failure?.atMs ?? nowMs;
    const isCut = isRefusing(nowMs, answeredAtMs);
    if (isCut || failure !== null) timeline.advanceTo(answeredAtMs + RESET_MS);
    if (isCut) {
      this.expected.push(failure === null ? ['cut', 'refuse'] : ['cut', 'dns', 'refuse']);
      await client.closed;
      expect([client.error()?.code, client.text().length]).toEqual(['ECONNRESET', before]);
      this.#open.delete(place);
      return;
    }
    this.expected.push(failure?.expected ?? ['complete']);
    const text = (await client.until((all) => /\r\n\r\n./s.test(all.slice(before)))).slice(before);
    const status = failure === null ? 200 : failure.failure === 'timeout' ? 504 : 502;
    expect(text.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    expect(text.includes(`x-breakwater: injected_dns_${failure?.failure}`)).toBe(failure !== null);
    this.#open.set(place, { client, isConnected: failure === null });
  }
}

test('HTTP: refuse resets the connection of a request, dns answers what has to connect, the rest is 200', async () => {
  let asked = 0;
  const upstream = await serveHttp((_, response) => {
    asked += 1;
    response.end('ok');
  });
  const outcomes = countOutcomes();
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const here = await openUnreachable('http', upstream);
      const model = new HttpModel(here);
      const askedBefore = asked;
      for (const step of plan) await model.play(step);
      const { exchanges } = await here.proxy.take(true);
      expect(exchanges.map(({ outcome, hits }) => [outcome, ...hits.map(({ type }) => type)])).toEqual(
        model.expected,
      );
      expect(asked - askedBefore).toBe(model.expected.filter(([outcome]) => outcome === 'complete').length);
      outcomes.note(model.expected);
    }),
    { numRuns: 250, seed: 11 },
  );
  outcomes.check();
});
