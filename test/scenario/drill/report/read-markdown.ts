/** Headings of a Markdown text, with their marks, outside of code. */
export function listHeadings(text: string): readonly string[] {
  return text.replace(/^```[\s\S]*?^```$/gm, '').match(/^#+ .*$/gm) ?? [];
}

/** What stands below a heading, up to the next one of its level or above. */
export function below(text: string, heading: string): string {
  const [, rest] = `\n${text}`.split(`\n${heading}\n`);
  if (rest === undefined) throw new Error(`there is no heading ${heading}`);
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const end = new RegExp(`^(#{1,${level}} |---$)`, 'm').exec(
    rest.replace(/^```[\s\S]*?^```$/gm, (code) => code.replace(/^#/gm, ' ')),
  );
  return rest.slice(0, end?.index ?? rest.length);
}

/** Cells of the first table of a text, header first. */
export function readTable(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .filter((_line, index) => index !== 1)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** `- **Name**: text` as a map from name to text. */
export function readBullets(text: string): ReadonlyMap<string, string> {
  const bullets = [...text.matchAll(/^- \*\*([^*]+)\*\*: (.*)$/gm)];
  return new Map(bullets.map(([, name = '', value = '']) => [name, value]));
}
