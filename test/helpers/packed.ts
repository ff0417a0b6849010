import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './mcp-client.ts';

export const run = promisify(execFile);
/** npm's programs as this system starts them. */
export const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
export const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';

/** What `npm pack` made. */
export interface PackedProduct {
  readonly tarball: string;
  /** Paths below the package, with `/`. */
  readonly files: readonly string[];
}

/** Packs the built product into `folder`, as `npm publish` would. */
export async function packProduct(folder: string): Promise<PackedProduct> {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run(npm, pack, { cwd: repository });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack named no tarball');
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
