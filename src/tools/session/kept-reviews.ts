import { AppError } from '../../errors.ts';
import type { Review } from '../../review/review-nouns.ts';
import type { Store } from '../../store.ts';
import type { Finding, Patch } from '../../types-code.ts';
import { quote } from '../../units.ts';
import { resolveId } from './load-scenarios.ts';

/**
 * Finds findings by id in the reviews of this workspace, the newest review first.
 *
 * @throws AppError NOT_FOUND naming the ids that no review holds
 */
export async function findFindings(ids: readonly string[], store: Store): Promise<readonly Finding[]> {
  const reviews = (await store.list('reviews')).filter((name) => name.startsWith('rev_'));
  const latest = (await store.readText('reviews/latest'))?.trim();
  const ordered = reviews.toSorted((a, b) => Number(b === latest) - Number(a === latest));
  const found = new Map<string, Finding>();
  for (const review of ordered) {
    if (ids.every((id) => found.has(id))) break;
    for (const finding of await readFindings(review, store)) {
      if (ids.includes(finding.id) && !found.has(finding.id)) found.set(finding.id, finding);
    }
  }
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0)
    throw new AppError('NOT_FOUND', `No review holds ${missing.map((id) => quote(id)).join(', ')}.`, {
      hint: 'Call review_code and take the ids of its findings.',
    });
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** Keeps a patch: its diff to read, and everything else. */
export async function keepPatch(patch: Patch, store: Store): Promise<void> {
  await store.writeText(`patches/${patch.id}/patch.json`, `${JSON.stringify(patch, null, 2)}\n`);
  await store.writeText(`patches/${patch.id}/patch.diff`, patch.diff);
  await store.writeText('patches/latest', patch.id);
}

/**
 * Reads a patch back; `latest` is the one proposed last.
 *
 * @throws AppError NOT_FOUND
 */
export async function loadPatch(named: string, store: Store): Promise<Patch> {
  const id = await resolveId(named, 'patches', store);
  const text = /^pat_[0-9a-f]+$/.test(id) ? await store.readText(`patches/${id}/patch.json`) : null;
  if (text === null)
    throw new AppError('NOT_FOUND', `There is no patch ${quote(named)}.`, {
      hint: 'patch_propose makes one.',
    });
  // Written by keepPatch below .breakwater, which nobody else writes.
  return JSON.parse(text) as Patch;
}

async function readFindings(review: string, store: Store): Promise<readonly Finding[]> {
  const text = await store.readText(`reviews/${review}/findings.json`);
  // Written by review_code below .breakwater, which nobody else writes.
  if (text === null) return [];
  const { findings, leads = [] } = JSON.parse(text) as Pick<Review, 'findings'> &
    Partial<Pick<Review, 'leads'>>;
  return [...findings, ...leads];
}
