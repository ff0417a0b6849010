import type { Clock } from '../clock.ts';
import type { AppConfig } from '../config.ts';
import { toAppError } from '../errors.ts';
import { redact, tame } from '../policy.ts';
import type { Store } from '../store.ts';
import type { StringMap } from '../types.ts';
import { quote } from '../units.ts';
import { removeControlGroup } from './control-group.ts';
import { listOpenNotes, type Mend, type OpenNote } from './drill-journal.ts';
import { findProgram } from './find-program.ts';
import { runStartCommand } from './means/commands.ts';
import { liftDataLimit } from './means/memory-data.ts';
import { isSameRunning, type ProcessIdentity, signalSame } from './processes.ts';

const MAX_CHARACTERS = 300;

/** What became of something that an interrupted drill had broken. */
export interface Repair {
  /** What the drill had done, and since when. */
  readonly broke: string;
  readonly since: string;
  /** `false`: the user has something to do. */
  readonly mended: boolean;
  /** What was done, or what the user does; one sentence or two. */
  readonly text: string;
}

export interface RepairDeps {
  readonly clock: Clock;
  /** What commands inherit: `serviceEnv` of `Surroundings`. */
  readonly baseEnv: StringMap;
  /** `null`: the workspace has none. */
  readonly app: Pick<AppConfig, 'folder' | 'env'> | null;
  /** The start commands that breakwater.yaml names now; `null`: the user has not approved it in its present form. */
  readonly startCommands: readonly (readonly string[])[] | null;
}

/**
 * Mends what a killed process had broken, by the notes that it left: processes and control groups of its own are
 * ended, and the user's start command is run if breakwater.yaml is approved and still names it. A note whose owner
 * still runs is left alone, and one that could not be mended stays. Never rejects for what a note says.
 */
export async function repairInterrupted(store: Store, deps: RepairDeps): Promise<readonly Repair[]> {
  const repairs: Repair[] = [];
  for (const { path, note } of await listOpenNotes(store)) {
    if (note === null) {
      repairs.push(unreadable(`.breakwater/${path}`));
      continue;
    }
    // `null`: something runs with the owner's id, and nobody can tell what.
    if (isSameRunning(note.owner) !== false) continue;
    const repair = await mend(note.mend, deps).catch((error: unknown) => failed(error));
    if (repair.mended) await store.remove(path);
    const rest = repair.mended ? '' : ` Then remove .breakwater/${path}.`;
    repairs.push(toRepair(note, { ...repair, text: `${repair.text}${rest}` }));
  }
  return repairs;
}

type Outcome = Pick<Repair, 'mended' | 'text'>;

async function mend(how: Mend, deps: RepairDeps): Promise<Outcome> {
  switch (how.kind) {
    case 'command':
      return startAgain(how.command, how.folder, deps);
    case 'continue':
      return countSignalled(how.processes, 'SIGCONT', 'let go on');
    case 'end':
      return countSignalled(how.processes, 'SIGKILL', 'ended');
    case 'cgroup':
      return (await removeControlGroup(how))
        ? { mended: true, text: 'The control group was removed.' }
        : {
            mended: false,
            text: `The control group ${quote(how.folder, 120)} could not be removed: do it with rmdir.`,
          };
    case 'data_limit':
      return liftLimits(how.processes, how.limit, deps);
    case 'sessions':
      return {
        mended: true,
        text: `The sessions at ${how.place} end by themselves: since PostgreSQL 14 at once, before at ${how.until}.`,
      };
  }
}

/** A note lies in the workspace, where anybody may write: only what breakwater.yaml itself names is run. */
async function startAgain(
  command: readonly string[],
  folder: string,
  { app, startCommands, clock, baseEnv }: RepairDeps,
): Promise<Outcome> {
  const byHand = `start it by hand, in ${folder}: ${redact(command.join(' '))}.`;
  if (app === null || startCommands === null) {
    return { mended: false, text: `breakwater.yaml is not approved in its present form, so ${byHand}` };
  }
  const isNamed = startCommands.some((one) => JSON.stringify(one) === JSON.stringify(command));
  if (!isNamed || folder !== app.folder) {
    return { mended: false, text: `breakwater.yaml no longer names that command, so ${byHand}` };
  }
  await runStartCommand(command, { app, clock, baseEnv });
  return { mended: true, text: `It was started again: ${redact(command.join(' '))}.` };
}

function countSignalled(
  processes: readonly ProcessIdentity[],
  signal: NodeJS.Signals,
  what: string,
): Outcome {
  const doubtful = processes.filter((one) => isSameRunning(one) === null);
  if (doubtful.length > 0) {
    const pids = doubtful.map(({ pid }) => pid).join(', ');
    return { mended: false, text: `Look whether these processes are left over, and end them: ${pids}.` };
  }
  const sent = processes.filter((one) => signalSame(one, signal)).length;
  return {
    mended: true,
    text:
      sent === 0
        ? 'Nothing of it is left.'
        : `${sent} ${sent === 1 ? 'process was' : 'processes were'} ${what}.`,
  };
}

async function liftLimits(
  processes: readonly ProcessIdentity[],
  limit: string,
  { baseEnv }: RepairDeps,
): Promise<Outcome> {
  const left = processes.filter((one) => isSameRunning(one) !== false);
  if (left.length === 0) return { mended: true, text: 'Nothing of it is left.' };
  const program = await findProgram('prlimit', baseEnv);
  const lifted = await Promise.all(
    left.map((one) => (program === null ? false : liftDataLimit(program, one, limit))),
  );
  if (lifted.every(Boolean))
    return { mended: true, text: `The limit of ${left.length} processes was lifted.` };
  const pids = left.map(({ pid }) => pid).join(', ');
  return {
    mended: false,
    text: `Start the service anew: these processes still have a limit on their memory: ${pids}.`,
  };
}

function failed(error: unknown): Outcome {
  const { message, hint } = toAppError(error);
  return { mended: false, text: hint === null ? message : `${message} ${hint}.` };
}

function toRepair({ broke, since }: OpenNote, { mended, text }: Outcome): Repair {
  return {
    broke: tame(redact(broke), MAX_CHARACTERS),
    since: tame(since, MAX_CHARACTERS),
    mended,
    text: tame(text, 3 * MAX_CHARACTERS),
  };
}

function unreadable(path: string): Repair {
  return {
    broke: 'something that cannot be told',
    since: 'some time ago',
    mended: false,
    text: `The note of an interrupted drill cannot be read: look at it and remove it: ${path}.`,
  };
}
