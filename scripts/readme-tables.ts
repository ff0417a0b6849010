// Writes the tables of README.md that come from the lists; a test holds README.md against them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from '../src/markdown.ts';
import { FAULTS } from '../src/proxy/faults/index.ts';
import { routeFinders } from '../src/rag/routes/index.ts';
import { TOOLS } from '../src/tools/index.ts';

const README = fileURLToPath(new URL('../README.md', import.meta.url));

/** Gives `text` with the generated parts between their marks brought up to date. */
export function updateTables(text: string): string {
  const tools = markdownTable(
    ['tool', 'what it is for'],
    TOOLS.map(({ name, description }) => [`\`${name}\``, firstSentences(description)]),
  );
  const faults = markdownTable(
    ['fault', 'what happens'],
    FAULTS.map(({ type, summary }) => [`\`${type}\``, summary]),
  );
  const frameworks = routeFinders.map(({ framework }) => framework).sort();
  const withTables = replaceBetween(replaceBetween(text, 'tools', tools), 'faults', faults);
  return replaceBetween(withTables, 'frameworks', `${frameworks.map((name) => `\`${name}\``).join(', ')}.`);
}

function replaceBetween(text: string, mark: string, table: string): string {
  const pattern = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(\\n<!-- /${mark} -->)`);
  if (!pattern.test(text)) throw new Error(`README.md has no mark ${mark}`);
  return text.replace(pattern, (_whole, begin: string, end: string) => begin + table + end);
}

function firstSentences(text: string): string {
  const sentences = text.split(/(?<=\.)\s+/);
  return sentences.slice(0, 2).join(' ');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(README, updateTables(readFileSync(README, 'utf8')));
