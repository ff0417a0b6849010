import { posix } from 'node:path';
import { asRecord, parseLooseJson } from './manifests.ts';

/** Names of the packages that the package.json nearest above a file declares for running; empty without one. */
export function listDeclaredPackages(
  manifests: ReadonlyMap<string, string>,
  fromFile: string,
): readonly string[] {
  for (let folder = posix.dirname(fromFile); ; folder = posix.dirname(folder)) {
    const text = manifests.get(posix.join(folder, 'package.json'));
    if (text !== undefined) {
      const manifest = asRecord(parseLooseJson(text));
      return [manifest.dependencies, manifest.peerDependencies].flatMap((one) => Object.keys(asRecord(one)));
    }
    if (folder === '.' || folder === '/') return [];
  }
}
