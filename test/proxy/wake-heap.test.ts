import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HeapEntry, WakeHeap } from '../../src/proxy/wake-heap.ts';

test('what was not removed comes in the order of its times, then in the order asked', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean())), fc.infiniteStream(fc.nat()), (asked, picks) => {
      const heap = new WakeHeap();
      let left: HeapEntry[] = [];
      for (const [order, [dueMs, removes]] of asked.entries()) {
        const entry = new HeapEntry(heap, dueMs, () => undefined, order);
        heap.insert(entry);
        left.push(entry);
        if (!removes) continue;
        const victim = left[(picks.next().value ?? 0) % left.length];
        if (victim === undefined) continue;
        victim.cancel();
        heap.remove(victim);
        left = left.filter((other) => other !== victim);
      }
      expect(heap.size).toBe(left.length);
      const came: HeapEntry[] = [];
      for (let entry = heap.first; entry !== undefined; entry = heap.first) {
        heap.remove(entry);
        came.push(entry);
      }
      const sorted = left.toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order);
      expect(came.map(({ order }) => order)).toEqual(sorted.map(({ order }) => order));
    }),
  );
});
