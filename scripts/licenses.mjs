// The notices of what the bundle holds: most licences ask that they go with every copy.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const NOTICE = /^(licen[cs]e|notice|copying)([.-].*)?$/i;

/** A notice at the head of a file, as compilers keep it; it tells of what the package took in. */
const BANNER = /^\s*\/\*![\s\S]*?\*\//;

/**
 * Gives the notices of the packages that `files` of a bundle come from, as one text; paths are relative to `root`.
 *
 * @throws Error when a package names no licence.
 */
export async function renderNotices(root, files) {
  const byFolder = new Map();
  for (const file of files) {
    const folder = PACKAGE.exec(file)?.[0].slice(0, -1);
    if (folder !== undefined) byFolder.set(folder, [...(byFolder.get(folder) ?? []), file]);
  }
  const folders = [...byFolder.keys()].sort();
  const parts = await Promise.all(
    folders.map(async (folder) => {
      const paths = byFolder.get(folder).map((file) => join(root, file));
      return [await renderNotice(join(root, folder)), ...(await readBanners(paths))].join('\n\n');
    }),
  );
  const head = 'The bundle in this folder holds these packages, each under its own licence.';
  return `${[head, ...new Set(parts)].join(`\n\n${'-'.repeat(80)}\n`)}\n`;
}

async function readBanners(paths) {
  const banners = await Promise.all(
    paths.map(async (path) =>
      /\.[cm]?js$/.test(path) ? BANNER.exec(await readFile(path, 'utf8'))?.[0].trim() : null,
    ),
  );
  return new Set(banners.filter((banner) => banner));
}

async function renderNotice(folder) {
  const about = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const { name, version, license, author } = about;
  if (typeof license !== 'string')
    throw new Error(`${name}@${version} names no licence in its package.json.`);
  const files = (await readdir(folder)).filter((file) => NOTICE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0) texts.push(`Copyright ${typeof author === 'object' ? author.name : author}`);
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}
