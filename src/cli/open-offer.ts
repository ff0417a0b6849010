import type { Surroundings } from '../config.ts';
import { toAppError } from '../errors.ts';
import type { SessionLog } from '../late-log.ts';
import { PROMPTS } from '../prompts/index.ts';
import { RESOURCES } from '../resources/index.ts';
import type { Offer } from '../server/offer.ts';
import { TOOLS } from '../tools/index.ts';
import { repairDrills } from '../tools/session/repair-drills.ts';
import { openSession, type Session } from '../tools/session/session.ts';
import type { ServeFlags } from './serve-flags.ts';

/** Opens the session of a server, and gives what it offers. */
export function openOffer(surroundings: Surroundings, log: SessionLog, flags: ServeFlags): Offer {
  const session = openSession(surroundings, log);
  void mendDrills(session);
  const { tools, structuredOutput } = flags;
  return { session, tools: tools ?? TOOLS, resources: RESOURCES, prompts: PROMPTS, structuredOutput };
}

/** Mends what killed drills have left; the protocol does not wait for it. */
async function mendDrills({ surroundings, clock, log }: Session): Promise<void> {
  try {
    for (const line of (await repairDrills(surroundings, clock)).lines) log.warn(line);
  } catch (error) {
    log.warn({ seen: toAppError(error).message }, 'what interrupted drills have left could not be looked at');
  }
}
