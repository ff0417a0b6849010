/**
 * Gives how much a counter of a server has risen since the first time it was read. A server that has started anew
 * counts from 0 again: what it had counted before the last look is kept.
 */
export function openRisingCount(): (value: number) => number {
  let last: number | null = null;
  let risen = 0;
  return (value) => {
    if (last !== null) risen += value >= last ? value - last : value;
    last = value;
    return risen;
  };
}
