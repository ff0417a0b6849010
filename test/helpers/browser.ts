import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

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
