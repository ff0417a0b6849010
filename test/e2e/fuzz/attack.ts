import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../../src/random.ts';
import { createMessages, type Era, initialize } from './messages.ts';
import { type Attacked, attackHttp, attackStdio, type Transport } from './peers.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const MESSAGES_A_CONNECTION = 500;
/** Longest time until all that was asked on a connection is answered. */
const ANSWER_LIMIT_MS = 60_000;

export interface AttackResult {
  readonly sent: number;
  /** Well-formed requests among them, and how many were not answered. */
  readonly requests: number;
  readonly unanswered: readonly number[];
  /** What came that is no message. */
  readonly strange: readonly string[];
  /** How the server ended, if it did. */
  readonly crash: string | null;
  /** 0 where the system does not tell. */
  readonly peakMb: number;
  readonly seconds: number;
}

/** Throws `count` messages at a server over `transport`; the same seed throws the same ones. */
export async function attack(transport: Transport, count: number, seed: number): Promise<AttackResult> {
  const workspace = await mkdtemp(join(tmpdir(), 'breakwater-fuzz-'));
  const startMs = performance.now();
  const totals = { sent: 0, requests: 0, peakMb: 0 };
  const unanswered: number[] = [];
  const strange: string[] = [];
  let crash: string | null = null;
  let server: Attacked | null = null;
  try {
    for (let first = 0; first < count && crash === null; first += MESSAGES_A_CONNECTION) {
      server ??= await (transport === 'stdio'
        ? attackStdio(repository, workspace)
        : attackHttp(repository, workspace, transport));
      const share = Math.min(MESSAGES_A_CONNECTION, count - first);
      const seen = await attackOnce(server, transport, share, [seed, first]);
      totals.sent += share;
      totals.requests += seen.asked.length;
      unanswered.push(...seen.asked.filter((id) => !seen.answered.has(id)));
      strange.push(...seen.strange);
      crash = server.ended();
      totals.peakMb = Math.max(totals.peakMb, crash === null ? server.memory().peakMb : 0);
      // Over stdio a connection is a process.
      if (transport === 'stdio') {
        await server.stop();
        server = null;
      }
    }
  } finally {
    await server?.stop();
    await rm(workspace, { recursive: true, force: true });
  }
  return { ...totals, unanswered, strange, crash, seconds: (performance.now() - startMs) / 1_000 };
}

async function attackOnce(
  server: Attacked,
  transport: Transport,
  count: number,
  [seed, first]: readonly [number, number],
) {
  const random = createRandom(seed, transport, first);
  // Protocol 2026-07-28 is not spoken over HTTP with SSE.
  const era: Era = transport !== 'sse' && random.next() < 0.5 ? '2026' : '2025';
  const peer = await server.connect(era, random.fork('peer'));
  const next = createMessages(random.fork('messages'), era, first + 1_000);
  const asked: number[] = [];
  const send = async (message: ReturnType<typeof next>) => {
    if (message.answerId !== null) asked.push(message.answerId);
    await peer.send(message);
  };
  const late = random.next() < 0.3;
  if (era === '2025' && !late) await send(initialize(first + 500));
  for (let index = 0; index < count && server.ended() === null; index += 1) {
    await send(next());
    if (era === '2025' && late && index === 20) await send(initialize(first + 500));
  }
  const untilMs = performance.now() + ANSWER_LIMIT_MS;
  const isDone = () => asked.every((id) => peer.answered.has(id)) || server.ended() !== null;
  while (!isDone() && performance.now() < untilMs) await pause(5);
  await peer.close();
  return { asked, answered: peer.answered, strange: peer.strange };
}
