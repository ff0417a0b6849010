import type { CalmRequests } from '../../review/verify.ts';
import type { Sample } from '../../types-run.ts';
import type { Session } from './session.ts';

const FIRST_SERVER_ERROR = 500;

/** Counts the requests of each item of a kept run that were sent before its faults, and those of them that failed. */
export async function countCalm(runId: string, session: Session): Promise<ReadonlyMap<string, CalmRequests>> {
  const [{ loadSamples }, store] = await Promise.all([
    import('../../scenario/run-folder.ts'),
    session.openStore(),
  ]);
  const counts = new Map<string, CalmRequests>();
  for (const sample of await loadSamples(store, runId)) {
    if (sample.phase !== 'preflight' && sample.phase !== 'baseline') continue;
    const { sent, failed } = counts.get(sample.itemId) ?? { sent: 0, failed: 0 };
    counts.set(sample.itemId, { sent: sent + 1, failed: failed + (isFailed(sample) ? 1 : 0) });
  }
  return counts;
}

function isFailed({ outcome, status }: Sample): boolean {
  return outcome !== 'answered' || (status ?? FIRST_SERVER_ERROR) >= FIRST_SERVER_ERROR;
}
