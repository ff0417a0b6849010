import { AppError } from '../errors.ts';
import { checkTarget } from '../policy.ts';
import { drawSeed } from '../random.ts';
import type { Session } from '../tools/session/session.ts';
import type { MeasuredProxy } from '../toxiproxy/metrics.ts';
import { quote, showBytes } from '../units.ts';

/** Where Toxiproxy's clients look by default. */
export const TOXIPROXY_ADDRESS = '127.0.0.1:8474';

export interface ToxiproxyApi {
  /** Says where it is. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** What has passed the proxies that clients have opened. */
  traffic(): Promise<readonly MeasuredProxy[]>;
  /** One line for each proxy that clients have opened. */
  listTraffic(): Promise<string>;
  close(): Promise<void>;
}

/**
 * Serves Toxiproxy's HTTP API; its targets pass the same policy as everywhere.
 *
 * @throws AppError BAD_INPUT, PORT_IN_USE
 */
export async function openToxiproxy(
  session: Session,
  listen: string,
  seedText: string | undefined,
): Promise<ToxiproxyApi> {
  const { serveToxiproxy } = await import('../toxiproxy/server.ts');
  const seed = seedText === undefined ? drawSeed() : Number(seedText);
  if (!Number.isSafeInteger(seed)) {
    throw new AppError('BAD_INPUT', `Expected a whole number as seed, got ${quote(seedText)}.`);
  }
  const server = await serveToxiproxy({
    listen,
    host: session.proxyHost,
    clock: session.clock,
    seed,
    checkTarget: async (url) => checkTarget(url, (await session.loadConfig()).allowHosts),
  });
  return {
    host: server.host,
    port: server.port,
    seed,
    traffic: () => server.proxies.traffic(),
    text: `Toxiproxy's API: http://${server.host}:${server.port}. Seed ${seed}.`,
    async listTraffic() {
      const listed = await server.proxies.traffic();
      return listed
        .map(({ proxy, traffic }) =>
          traffic === null
            ? `${proxy.name}: ${proxy.listen}, disabled\n`
            : `${proxy.name}: ${proxy.listen}, ${traffic.connections} connections, ${traffic.exchanges} exchanges, ${traffic.hits} hits, ${showBytes(traffic.responseBytes)} back\n`,
        )
        .join('');
    },
    close: () => server.close(),
  };
}
