import type { Store } from '../../store.ts';

/**
 * Removes the oldest runs that have ended until fewer than `kept` are there, so that one more fits: a workspace that
 * is measured every day does not fill its disk.
 */
export async function pruneRuns(store: Store, kept: number): Promise<void> {
  const ids = (await store.list('runs')).filter((name) => name.startsWith('run_'));
  if (ids.length < kept) return;
  // Only now is each of them looked into.
  const { listRuns } = await import('../../scenario/run-folder.ts');
  const newestFirst = await listRuns(store);
  const ended = newestFirst.filter(({ state }) => state !== 'running').toReversed();
  for (const { id } of ended.slice(0, newestFirst.length - kept + 1)) await store.remove(`runs/${id}`);
}
