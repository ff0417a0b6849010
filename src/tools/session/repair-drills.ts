import type { Clock } from '../../clock.ts';
import { type Config, loadConfig, type Surroundings } from '../../config.ts';
import { command } from '../../config-values.ts';
import type { Repair } from '../../service/drill-repair.ts';
import { openStore } from '../../store.ts';
import { isTrusted } from '../../trust.ts';

/** What was mended, or is left to the user, after drills that were killed. */
export interface RepairReport {
  /** One for each, for people: `A drill was interrupted (…): stopped by "…". It was started again: …`. */
  readonly lines: readonly string[];
  /** `false`: the user has something to do. */
  readonly allMended: boolean;
}

/** Mends what interrupted drills of the workspace have left; costs one look into a folder when there is nothing. */
export async function repairDrills(surroundings: Surroundings, clock: Clock): Promise<RepairReport> {
  const config = await loadConfig(surroundings);
  const store = openStore(config.workspace);
  if ((await store.list('drills/open')).length === 0) return { lines: [], allMended: true };
  const { repairInterrupted } = await import('../../service/drill-repair.ts');
  const repairs = await repairInterrupted(store, {
    clock,
    baseEnv: surroundings.serviceEnv,
    app: config.app ?? { folder: config.workspace, env: {} },
    startCommands: await listStartCommands(config),
  });
  return { lines: repairs.map(showRepair), allMended: repairs.every(({ mended }) => mended) };
}

async function listStartCommands(config: Config): Promise<readonly (readonly string[])[] | null> {
  if (config.file === null || !(await isTrusted(config.stateHome, config.file))) return null;
  return (config.drills.run ?? []).flatMap(({ params }) => {
    const read = command.safeParse(params.start);
    return read.success ? [read.data] : [];
  });
}

function showRepair({ broke, since, text }: Repair): string {
  return `A drill was interrupted (${since}): ${broke}. ${text}`;
}
