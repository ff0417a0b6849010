import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import {
  type DrillJournal,
  listOpenNotes,
  type OpenNote,
  openJournal,
} from '../../../src/service/drill-journal.ts';
import { createDrillService, type RestartableService } from '../../../src/service/drill-service.ts';
import { openStore, type Store } from '../../../src/store.ts';
import { makeTempFolder } from '../../helpers/temp-folder.ts';
import { ECHO_SERVER, makeApp } from '../scripts.ts';

export const BASE_ENV = { PATH: process.env.PATH ?? '' };

/** What every means is given, with its journal in a folder of its own. */
export interface Ground {
  readonly store: Store;
  readonly journal: DrillJournal;
  readonly clock: typeof systemClock;
  readonly signal: AbortSignal;
  readonly baseEnv: typeof BASE_ENV;
  /** Notes that lie open now. */
  listNotes(): Promise<readonly (OpenNote | null)[]>;
}

export async function makeGround(signal: AbortSignal = new AbortController().signal): Promise<Ground> {
  const store = openStore(join(await makeTempFolder()));
  return {
    store,
    journal: openJournal(store, systemClock),
    clock: systemClock,
    signal,
    baseEnv: BASE_ENV,
    listNotes: async () => (await listOpenNotes(store)).map(({ note }) => note),
  };
}

/** A service that runs until the test ends. */
export async function startTarget(script = ECHO_SERVER): Promise<RestartableService> {
  const app = await makeApp(script);
  const service = await createDrillService(
    app,
    { folder: app.folder, dependencies: {}, readyTimeoutMs: 20_000 },
    { clock: systemClock, signal: new AbortController().signal, baseEnv: BASE_ENV },
  );
  onTestFinished(() => service.stop());
  return service;
}
