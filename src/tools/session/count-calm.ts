import type { CalmRequests } from '../../review/verify.ts';
import type { Session } from './session.ts';

/** Counts the requests of each item of a kept run that were sent before its faults, and those of them that failed. */
export async function countCalm(runId: string, session: Session): Promise<ReadonlyMap<string, CalmRequests>> {
  const [{ loadSamples }, { failsBy }, store] = await Promise.all([
    import('../../scenario/run-folder.ts'),
    import('../../scenario/verdict/failure.ts'),
    session.openStore(),
  ]);
  // Without a fault, what its dependencies answered is no matter here.
  const isFailed = failsBy({ degradable: true });
  const counts = new Map<string, CalmRequests>();
  for (const sample of await loadSamples(store, runId)) {
    if (sample.phase !== 'preflight' && sample.phase !== 'baseline') continue;
    const { sent, failed } = counts.get(sample.itemId) ?? { sent: 0, failed: 0 };
    counts.set(sample.itemId, { sent: sent + 1, failed: failed + (isFailed(sample) ? 1 : 0) });
  }
  return counts;
}
