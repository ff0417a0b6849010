import type { FlowFault, Passage, Piece } from '../../../src/proxy/fault.ts';
import { readFault, startFault } from '../../../src/proxy/fault-schema.ts';
import { createRandom } from '../../../src/random.ts';

interface LinkOptions {
  readonly flow?: 'request' | 'response';
  readonly seed?: number;
  readonly startedAtMs?: number;
  readonly activeUntilMs?: number;
  readonly connection?: object;
  readonly exchange?: object;
  readonly client?: string;
}

/** Sets a fault to work by itself; the function gives it at one flow of one exchange. */
export function actorOf(raw: object, epochMs = 0) {
  const actor = startFault(readFault(raw), { epochMs });
  return (options: LinkOptions = {}): FlowFault =>
    actor.begin({
      flow: options.flow ?? 'response',
      random: createRandom(options.seed ?? 1),
      exchangeStartedAtMs: options.startedAtMs ?? 0,
      activeUntilMs: () => options.activeUntilMs ?? Number.POSITIVE_INFINITY,
      connection: options.connection ?? {},
      exchange: options.exchange ?? {},
      client: options.client ?? '127.0.0.1',
    });
}

/** Passes pieces given as `[bytes, atMs]` or `[bytes, atMs, kind]`. */
export function passAll(
  fault: FlowFault,
  pieces: readonly (readonly [number, number, Piece['kind']?])[],
): readonly Passage[] {
  return pieces.map(([bytes, atMs, kind = 'body']) => fault.pass?.({ bytes, atMs, kind }) ?? atMs);
}
