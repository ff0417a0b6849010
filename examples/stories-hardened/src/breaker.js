/** Told to callers at once while a dependency is known to be away. */
export class Unavailable extends Error {}

/**
 * After `failures` in a row nothing is tried for `pauseMs`; then one call tries for all, and the others wait no more
 * than before: they are told at once.
 */
export function createBreaker(name, { failures, pauseMs }) {
  let inARow = 0;
  let closedAgainAtMs = 0;
  return async function run(work) {
    const isOpen = inARow >= failures;
    if (isOpen && Date.now() < closedAgainAtMs) throw new Unavailable(`${name} is away`);
    if (isOpen) closedAgainAtMs = Date.now() + pauseMs;
    try {
      const result = await work();
      inARow = 0;
      return result;
    } catch (error) {
      inARow += 1;
      if (inARow === failures) closedAgainAtMs = Date.now() + pauseMs;
      throw error;
    }
  };
}
