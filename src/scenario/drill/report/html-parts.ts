import { escapeXml } from '../../report/xml.ts';
import type { Mark } from '../judge/judgement.ts';

/** Text as HTML; what stands between backticks becomes code. */
export function rich(text: string): string {
  return escapeXml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

/** A list, or a sentence where it is empty. */
export function list(items: readonly string[], none: string, kind: 'ul' | 'ol' = 'ul'): string {
  if (items.length === 0) return `<p class="facts">${rich(none)}</p>`;
  return `<${kind}>${items.map((item) => `<li>${item}</li>`).join('')}</${kind}>`;
}

/** A table that scrolls by itself where it is too wide; cells are HTML. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = header.map((name) => `<th>${escapeXml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A mark as a coloured word, which needs no font of pictures. */
export function markWord(mark: Mark): string {
  return `<span class="${mark}">${mark === 'none' ? '–' : mark}</span>`;
}

/** A score in the colour that it deserves: from 8 on good, from 5 on a warning. */
export function badge(total: number | null, text: string): string {
  const mark: Mark = total === null ? 'none' : total >= 8 ? 'good' : total >= 5 ? 'warning' : 'bad';
  return `<span class="badge ${mark}">${escapeXml(text)}</span>`;
}
