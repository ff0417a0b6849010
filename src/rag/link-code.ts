import { unpackFacts } from './fact-pack.ts';
import type { FileFacts } from './facts.ts';
import { findRoutes } from './find-routes.ts';
import { fingerprintOf, type LinkedCode } from './linked-code.ts';
import { readManifests } from './manifests/manifests.ts';
import { createModuleFinder } from './modules/module-finder.ts';
import { Program } from './names/program.ts';
import { Resolver } from './names/resolver.ts';

/** A guess on the safe side: heap of facts, tables and what resolving keeps, for a byte of source text. */
const HEAP_PER_SOURCE_BYTE = 20;

/** Resolves the names of all files and finds the routes; what `recalled` has linked of the same content is used again. */
export function linkCode(
  sha256ByFile: ReadonlyMap<string, string>,
  manifests: ReadonlyMap<string, string>,
  recalled: LinkedCode | null,
  packedOf: (file: string) => Uint8Array | null,
  sourceBytes: number,
): LinkedCode {
  const fingerprint = fingerprintOf(sha256ByFile, manifests);
  if (recalled?.fingerprint === fingerprint) return recalled;
  const facts = new Map<string, FileFacts>();
  for (const file of [...sha256ByFile.keys()].sort()) {
    const isSame = recalled?.sha256ByFile.get(file) === sha256ByFile.get(file);
    const known = isSame ? recalled?.facts.get(file) : undefined;
    const packed = known === undefined ? packedOf(file) : null;
    const read = known ?? (packed === null ? null : unpackFacts(packed));
    if (read !== null) facts.set(file, read);
  }
  const finder = createModuleFinder([...facts.keys()], readManifests(manifests));
  const resolver = new Resolver(new Program(facts, finder, recalled?.resolver.program ?? null));
  const { routes, unread } = findRoutes(resolver);
  return {
    fingerprint,
    sha256ByFile,
    facts,
    resolver,
    routes,
    unread,
    heapBytes: sourceBytes * HEAP_PER_SOURCE_BYTE,
  };
}
