import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { renderDrillHtml } from '../../src/scenario/drill/report/html.ts';
import { allToolsRequired } from '../examples/find-python.ts';
import { findBrowser, lookInBrowser } from '../helpers/browser.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { weakRun } from '../scenario/drill/support/services.ts';

const browserPath = findBrowser();
if (browserPath === null) {
  if (allToolsRequired()) throw new Error('no Chromium is installed, and it is required here');
  console.warn('SKIPPED the report of drills in a browser: no Chromium on the PATH');
}

interface Seen {
  readonly overflow: number;
  readonly charts: number;
  readonly text: string;
  readonly background: string;
  /** Contrast of the words that name a mark or a score with what is behind them, by WCAG 2.2; the lowest. */
  readonly contrast: number;
}

/** Runs in the page. */
const LOOK = `(() => {
  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = parse(colour).map((part) => { const c = part / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => { for (let at = node; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255, 255, 255)'; };
  const ratio = (node) => { const [a, b] = [light(getComputedStyle(node).color), light(behind(node))]; return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
  return {
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    charts: [...document.querySelectorAll('svg')].filter((one) => one.getBoundingClientRect().width > 250).length,
    text: document.body.innerText,
    background: getComputedStyle(document.body).backgroundColor,
    contrast: Math.min(...[...document.querySelectorAll('.good, .warning, .bad, .badge, code, dd')].map(ratio)),
  };
})()`;

test.skipIf(browserPath === null)(
  'the report of drills is readable in light and dark, wide and narrow, without network and without an error',
  async () => {
    const file = join(await makeTempFolder(), 'report.html');
    await writeFile(file, renderDrillHtml(weakRun()));
    const report = pathToFileURL(file).href;
    const looks = await lookInBrowser<Seen>(browserPath ?? '', report, LOOK);
    for (const seen of looks) {
      expect(seen.charts).toBe(21);
      expect(seen.text).toContain('Database Connection Failure');
      expect(seen.contrast).toBeGreaterThan(3);
    }
    expect(new Set(looks.map((seen) => seen.background)).size).toBe(2);
  },
);
