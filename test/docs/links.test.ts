import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { headingAnchor } from '../../src/markdown.ts';
import { repository } from '../helpers/mcp-client.ts';
import { listDocuments } from './documents.ts';
import { withoutFencedBlocks } from './fenced-blocks.ts';

const LINK = /\]\(([^()\s]+)\)/g;

function listAnchors(markdown: string): Set<string> {
  const headings = [...withoutFencedBlocks(markdown).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)];
  return new Set(headings.map(([, heading = '']) => headingAnchor(heading)));
}

/** Local links of a document that lead nowhere. */
function listDeadLinks(name: string, markdown: string): string[] {
  const links = [...withoutFencedBlocks(markdown).matchAll(LINK)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = `${repository}/${posix.join(posix.dirname(name), path)}`;
    if (path !== '' && !existsSync(target)) return true;
    if (anchor === undefined) return false;
    return !listAnchors(path === '' ? markdown : readFileSync(target, 'utf8')).has(anchor);
  });
}

test.each(listDocuments())('every local link and anchor of %s leads somewhere', (name) => {
  expect(listDeadLinks(name, readFileSync(`${repository}/${name}`, 'utf8'))).toEqual([]);
});

test('a link to a missing file or heading is seen; what stands in code or leads outside is not judged', () => {
  const text =
    '# Top\n[a](gone.md) [b](#none) [c](#top) [d](https://example.com/x)\n```\n[e](gone2.md)\n```\n';
  expect(listDeadLinks('docs/page.md', text)).toEqual(['gone.md', '#none']);
});

test('the README leads to every page of docs/', () => {
  const readme = readFileSync(`${repository}/README.md`, 'utf8');
  const pages = listDocuments().filter((name) => name.startsWith('docs/'));
  expect(pages.filter((name) => !readme.includes(`](${name}`))).toEqual([]);
});
