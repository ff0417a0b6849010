import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { listCalls } from './fact-builder.ts';
import type { FileFacts, StoredFacts } from './facts.ts';

/** Quick and still a tenth of the text: facts repeat their keys. */
const LEVEL = 1;

/** Facts as the index keeps them: JSON, deflated, in a buffer of its own that can be handed to another thread. */
export function packFacts(facts: StoredFacts): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(deflateRawSync(JSON.stringify(facts), { level: LEVEL }));
}

/** The facts that `packFacts` of this version has packed, with the calls found again. */
export function unpackFacts(packed: Uint8Array): FileFacts {
  // Written by our own reader of this version, which the generation's version says.
  const facts = JSON.parse(inflateRawSync(packed).toString('utf8')) as StoredFacts;
  return { ...facts, calls: listCalls(facts) };
}
