import { quote } from '../../units.ts';
import { isRecord, own } from './json.ts';
import type { NoticeList } from './notices.ts';
import { type Place, parsePointer } from './place.ts';

/** Longest chain of `$ref`s to `$ref`s that is followed. */
const MAX_CHAIN = 100;

/** Follows local `$ref`s one at a time, when they are needed, so that circles and long chains cost nothing. */
export interface References {
  /** What `value` stands for: itself, or the target of its `$ref`; `undefined` when that cannot be had. */
  follow(value: unknown, place: Place): unknown;
}

/** Gives the references of the document `root`; what cannot be followed is told to `notices`. */
export function createReferences(root: unknown, notices: NoticeList): References {
  return {
    follow(value, place) {
      let current = value;
      for (let step = 0; step < MAX_CHAIN; step += 1) {
        const ref = isRecord(current) ? own(current, '$ref') : undefined;
        if (typeof ref !== 'string') return current;
        if (!ref.startsWith('#')) {
          notices.add(place, `${quote(ref)} points outside the document and is left out.`);
          return undefined;
        }
        const target = lookUp(root, ref);
        if (target === undefined) {
          notices.add(place, `${quote(ref)} points to nothing in the document and is left out.`);
          return undefined;
        }
        current = target;
      }
      notices.add(place, 'its $ref leads in a circle and is left out.');
      return undefined;
    },
  };
}

/** The value that a local `$ref` such as `#/components/schemas/User` points to; `undefined` when there is none. */
export function lookUp(root: unknown, ref: string): unknown {
  const steps = parsePointer(ref.slice(1));
  if (steps === null) return undefined;
  let current = root;
  for (const step of steps) {
    if (Array.isArray(current)) current = /^\d+$/.test(step) ? current[Number(step)] : undefined;
    else if (isRecord(current)) current = own(current, step);
    else return undefined;
  }
  return current;
}
