/** Of Cormack, Clarke and Büttcher; it keeps the first places of one list from deciding alone. */
export const FUSION_K = 60;

/** One entry of several rankings. */
export interface Fused<T> {
  readonly item: T;
  readonly score: number;
  /** Its rank in each list, from 1; `null`: it is not there. */
  readonly ranks: readonly (number | null)[];
}

/**
 * Fuses rankings, best first, by reciprocal rank: the score of an item is the sum of 1 / (k + rank) over the lists
 * that hold it (G. V. Cormack, C. L. A. Clarke, S. Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and
 * individual Rank Learning Methods", SIGIR 2009). Equals stand in the order in which the lists name them.
 */
export function fuseRanks<T>(rankings: readonly (readonly T[])[], k = FUSION_K): readonly Fused<T>[] {
  const ranksOf = new Map<T, (number | null)[]>();
  rankings.forEach((ranking, list) => {
    ranking.forEach((item, index) => {
      const ranks = ranksOf.get(item) ?? rankings.map(() => null);
      ranks[list] ??= index + 1;
      ranksOf.set(item, ranks);
    });
  });
  return [...ranksOf]
    .map(([item, ranks]) => ({
      item,
      ranks,
      score: ranks.reduce<number>((sum, rank) => sum + (rank === null ? 0 : 1 / (k + rank)), 0),
    }))
    .sort((a, b) => b.score - a.score);
}
