import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';

/** Chromium or Chrome on the PATH, or where `BREAKWATER_TEST_BROWSER` says; `null`: there is none. */
export function findBrowser(): string | null {
  const named = process.env.BREAKWATER_TEST_BROWSER;
  if (named !== undefined && named !== '') return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];
  return (
    folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path)) ??
    null
  );
}

/**
 * Opens a page in light and dark, wide and narrow, and gives what `look` says there of each. The page is not wider
 * than its window, asks for nothing else and has no error.
 */
export async function lookInBrowser<Seen extends { readonly overflow: number }>(
  browserPath: string,
  url: string,
  look: string,
): Promise<readonly Seen[]> {
  const browser = await chromium.launch({ executablePath: browserPath });
  onTestFinished(() => browser.close());
  const looks: Seen[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1_280, 390]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text());
      });
      page.on('request', (request) => {
        if (request.url() !== url) problems.push(`asked for ${request.url()}`);
      });
      await page.goto(url);
      const seen = await page.evaluate<Seen>(look);
      expect(problems).toEqual([]);
      expect(seen.overflow).toBeLessThanOrEqual(0);
      looks.push(seen);
      await page.close();
    }
  }
  expect(looks).toHaveLength(4);
  return looks;
}
