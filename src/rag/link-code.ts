import type { Route } from '../types-code.ts';
import { unpackFacts } from './fact-pack.ts';
import type { FileFacts } from './facts.ts';
import { fingerprintOf, type LinkedCode } from './linked-code.ts';
import { readManifests } from './manifests.ts';
import { createModuleFinder } from './modules/module-finder.ts';
import { Program } from './program.ts';
import { Resolver } from './resolver.ts';
import { routeFinders } from './routes/index.ts';

const TEST_FILE =
  /(^|\/)(__tests__|__mocks__|tests?|specs?|e2e)\/|[._](test|spec)\.[cm]?[jt]sx?$|(^|\/)(test_[^/]*|conftest)\.py$|_test\.(go|py)$|Tests?\.(java|cs)$/;

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
  const resolver = new Resolver(new Program(facts, finder));
  const routes = findRoutes(resolver);
  return {
    fingerprint,
    sha256ByFile,
    facts,
    resolver,
    routes,
    heapBytes: sourceBytes * HEAP_PER_SOURCE_BYTE,
  };
}

function findRoutes(resolver: Resolver): readonly Route[] {
  const all = routeFinders.flatMap((finder) => [...finder.find(resolver)]);
  // Applications that tests put together answer no operation, unless there is nothing else.
  const real = all.filter(
    (route) => !TEST_FILE.test(route.handler.file) && !TEST_FILE.test(route.declaredAt.file),
  );
  const routes = real.length > 0 ? real : all;
  const distinct = new Map(
    routes.map((route) => [
      `${route.framework} ${route.method} ${route.path} ${route.handler.file}:${route.handler.startLine}`,
      route,
    ]),
  );
  // Of two routes with one path, the one that its framework asks first stays first.
  return [...distinct.values()].sort((a, b) => compare(a.path, b.path) || compare(a.method, b.method));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
