import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { newId, type Store } from '../store.ts';
import { identify } from './processes.ts';

/** Where notes lie while something is broken. */
const FOLDER = 'drills/open';

const identity = z.strictObject({ pid: z.number().int().positive(), started: z.string().nullable() });
const mendSchema = z.discriminatedUnion('kind', [
  /** The user's own command of breakwater.yaml starts again what was stopped. */
  z.strictObject({ kind: z.literal('command'), command: z.array(z.string()).min(1), folder: z.string() }),
  /** Processes that may stand still. */
  z.strictObject({ kind: z.literal('continue'), processes: z.array(identity) }),
  /** Processes of ours that put load on the machine. */
  z.strictObject({ kind: z.literal('end'), processes: z.array(identity) }),
  /** A control group of ours, and the one that its processes came from. */
  z.strictObject({ kind: z.literal('cgroup'), folder: z.string(), home: z.string() }),
  /** A limit on data that processes had put on them; `limit` is what they had before. */
  z.strictObject({ kind: z.literal('data_limit'), processes: z.array(identity), limit: z.string() }),
  /** Sessions of ours at a PostgreSQL that end by themselves. */
  z.strictObject({
    kind: z.literal('sessions'),
    place: z.string(),
    pids: z.array(z.number().int()),
    until: z.string(),
  }),
]);
const noteSchema = z.strictObject({
  /** Who broke it; while it runs, the note is its own. */
  owner: identity,
  broke: z.string(),
  since: z.string(),
  mend: mendSchema,
});

/** How something that was broken is mended. */
export type Mend = z.output<typeof mendSchema>;
/** What was broken, since when, by whom, and how it is mended. */
export type OpenNote = z.output<typeof noteSchema>;

/** A note about something that is broken now, or is about to be. */
export interface JournalEntry {
  /** Puts a fuller way of mending in place of the one before. */
  update(mend: Mend): Promise<void>;
  /** It is mended. */
  close(): Promise<void>;
}

/** Notes of what is broken, kept on disk so that the next start can mend what a killed process has left. */
export interface DrillJournal {
  /** Written before anything is broken. `broke` is a sentence without a full stop. */
  open(broke: string, mend: Mend): Promise<JournalEntry>;
}

/** Keeps notes in `drills/open/` of the store. */
export function openJournal(store: Store, clock: Clock): DrillJournal {
  const owner = identify(process.pid);
  return {
    async open(broke, mend) {
      const path = `${FOLDER}/${newId('drl')}.json`;
      const since = clock.date().toISOString();
      const write = (present: Mend) => {
        const note: OpenNote = { owner, broke, since, mend: present };
        return store.writeText(path, `${JSON.stringify(note, null, 2)}\n`);
      };
      await write(mend);
      return { update: write, close: () => store.remove(path) };
    },
  };
}

/** All notes that lie there, with their paths; what cannot be read is `null`. */
export async function listOpenNotes(
  store: Store,
): Promise<readonly { readonly path: string; readonly note: OpenNote | null }[]> {
  const names = (await store.list(FOLDER)).filter((name) => name.endsWith('.json'));
  const notes = [];
  for (const name of names) {
    const path = `${FOLDER}/${name}`;
    const text = await store.readText(path);
    // A note that was closed in the meantime is no note.
    if (text !== null) notes.push({ path, note: readNote(text) });
  }
  return notes;
}

function readNote(text: string): OpenNote | null {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
