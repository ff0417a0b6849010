import { createHash } from 'node:crypto';
import type { Notice } from '../types.ts';
import type { Route } from '../types-code.ts';
import type { FileFacts } from './facts.ts';
import type { Resolver } from './names/resolver.ts';

/** The code of a workspace with its names resolved and its routes found. */
export interface LinkedCode {
  /** Changes with every text that the linking looks at. */
  readonly fingerprint: string;
  readonly sha256ByFile: ReadonlyMap<string, string>;
  readonly facts: ReadonlyMap<string, FileFacts>;
  readonly resolver: Resolver;
  readonly routes: readonly Route[];
  /** Frameworks whose routes could not be read, with why. */
  readonly unread: readonly Notice[];
  /** About what it takes in memory. */
  readonly heapBytes: number;
}

/** What is kept besides the workspace that was linked last, which always stays. */
const MAX_HEAP_BYTES = 768 * 1024 * 1024;
const kept = new Map<string, LinkedCode>();

/** What this process linked last for a workspace and a version of the readers; null when it is not kept any more. */
export function recallLinkedCode(root: string, version: string): LinkedCode | null {
  return kept.get(keyOf(root, version)) ?? null;
}

/** Keeps linked code for the next indexing; the workspaces that were linked longest ago go when it gets too much. */
export function keepLinkedCode(
  root: string,
  version: string,
  linked: LinkedCode,
  maxHeapBytes = MAX_HEAP_BYTES,
): void {
  const key = keyOf(root, version);
  kept.delete(key);
  kept.set(key, linked);
  let heapBytes = [...kept.values()].reduce((sum, one) => sum + one.heapBytes, 0);
  for (const [oldest, one] of kept) {
    if (heapBytes <= maxHeapBytes || oldest === key) break;
    kept.delete(oldest);
    heapBytes -= one.heapBytes;
  }
}

/** Lets go of all linked code. */
export function forgetLinkedCode(): void {
  kept.clear();
}

/** Names the content of a workspace: its code by hash, its manifests by text. */
export function fingerprintOf(
  sha256ByFile: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
): string {
  const hash = createHash('sha256');
  // JSON keeps names and texts apart, whatever they hold.
  hash.update(JSON.stringify([[...sha256ByFile].sort(byName), [...manifests].sort(byName)]));
  return hash.digest('hex');
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function keyOf(root: string, version: string): string {
  return `${version} ${root}`;
}
