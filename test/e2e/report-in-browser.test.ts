import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { allToolsRequired } from '../examples/find-python.ts';
import { findBrowser, lookInBrowser } from '../helpers/browser.ts';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const browserPath = findBrowser();
if (browserPath === null) {
  if (allToolsRequired()) throw new Error('no Chromium is installed, and it is required here');
  console.warn('SKIPPED the HTML report in a browser: no Chromium on the PATH');
}

const scenario = (url: string) => `
title: A spike in the middle
items:
- call: { method: GET, url: "${url}/" }
  context:
    upstreams: [ "${url}" ]
    faults: [ { type: latency, mean: 80, period: "start:25%,duration:50%" }, { type: httperror, status_code: 503, probability: 0.3 } ]
    strategy: { mode: load, duration: 2s, clients: 2, rps: 20 }
    slo: [ { slo_type: latency, objective: 95, threshold: 50 }, { slo_type: error, objective: 99, threshold: 1 } ]
`;

interface Seen {
  readonly overflow: number;
  readonly charts: number;
  readonly text: string;
  readonly colours: readonly [string, string];
}

/** Runs in the page: how far it is too wide, how many charts have a size, and what can be read. */
const LOOK = `({
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  charts: [...document.querySelectorAll('svg, canvas')].filter((one) => one.getBoundingClientRect().width > 100).length,
  text: document.body.innerText,
  colours: [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color],
})`;

test.skipIf(browserPath === null)(
  'the HTML report is readable in light and dark, wide and narrow, without network and without an error',
  async () => {
    const workspace = await makeTempFolder();
    const { url } = await startTarget();
    const { call } = await startHost({ workspace });
    await writeFile(join(workspace, 's.yaml'), scenario(url));
    await call('scenario_run', { file: 's.yaml' });
    const [run] = (await readdir(join(workspace, '.breakwater/runs'))).filter((name) =>
      name.startsWith('run_'),
    );
    const report = pathToFileURL(join(workspace, '.breakwater/runs', run ?? '', 'report.html')).href;
    const looks = await lookInBrowser<Seen>(browserPath ?? '', report, LOOK);
    for (const seen of looks) {
      expect(seen.charts).toBeGreaterThanOrEqual(3);
      expect(seen.text).toContain('A spike in the middle');
      expect(seen.colours[0]).not.toBe(seen.colours[1]);
    }
    expect(new Set(looks.map((seen) => seen.colours[0])).size).toBe(2);
  },
  120_000,
);
