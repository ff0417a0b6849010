import type { DrillMeans } from '../../types-means.ts';
import { stopByCommand } from './commands.ts';
import type { AppMeansDeps } from './deps.ts';
import { stressMachine } from './machine.ts';
import { limitMemory } from './memory.ts';
import { takeProcessor } from './processor.ts';
import { holdSessions } from './sessions.ts';

/**
 * Gives the ways of breaking things that a drill works with. Each writes a note how to mend it before it breaks
 * anything, ends by itself when its time has come or the signal aborts (commands excepted: their `end` starts again
 * what they stopped), and leaves nothing behind when this process is killed, or a note for `repairInterrupted`.
 */
export function createDrillMeans(deps: AppMeansDeps): DrillMeans {
  return {
    runCommands: (stop, start) => stopByCommand(stop, start, deps),
    takeProcessor: (service, share, forMs) => takeProcessor(service, share, forMs, deps),
    limitMemory: (service, share, forMs) => limitMemory(service, share, forMs, deps),
    stressMachine: (what, share, forMs) => stressMachine(what, share, forMs, deps),
    holdSessions: (dependency, sessions, forMs) => holdSessions(dependency, sessions, forMs, deps),
  };
}
