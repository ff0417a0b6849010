import { readdirSync } from 'node:fs';
import { repository } from '../helpers/mcp-client.ts';

/** The Markdown documents that people read, by path below the repository, sorted. */
export function listDocuments(): string[] {
  const below = (folder: string) =>
    readdirSync(`${repository}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  return ['CHANGELOG.md', 'CONTRIBUTING.md', 'README.md', ...below('docs'), ...below('examples')].sort();
}
