import { escapeCell } from '../../markdown.ts';

/**
 * A Markdown table whose columns line up, so that it reads well as plain text too; columns in which every cell is
 * a figure are set to the right. A column without any text is left out.
 */
export function alignedTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => header.map((_name, column) => escapeCell(row[column] ?? '')));
  const columns = header
    .map((name, column) => ({ name, texts: cells.map((row) => row[column] ?? '') }))
    .filter(({ texts }) => texts.some((text) => text !== ''))
    .map(({ name, texts }) => ({
      name,
      texts,
      width: Math.max(3, ...[name, ...texts].map(widthOf)),
      right: texts.every((text) => FIGURE.test(text)),
    }));
  const line = (parts: readonly string[]) => `| ${parts.join(' | ')} |`;
  return [
    line(columns.map(({ name, width, right }) => pad(name, width, right))),
    line(columns.map(({ width, right }) => (right ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)))),
    ...cells.map((_row, index) =>
      line(columns.map(({ texts, width, right }) => pad(texts[index] ?? '', width, right))),
    ),
  ].join('\n');
}

const FIGURE = /^$|^[+−-]?[\d.,]+( ?(ms|%|pp|×|s))?$|^[–∞]$|^[\d,]+ of [\d,]+$/;

function pad(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return right ? `${space}${text}` : `${text}${space}`;
}

function widthOf(text: string): number {
  return [...text].length;
}
