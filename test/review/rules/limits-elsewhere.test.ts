import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { reviewFiles } from '../../../src/review/review-code-files.ts';
import { pickRules } from '../../../src/review/run-rules.ts';
import { memoryIndex } from '../memory-index.ts';

const CALL =
  "import axios from 'axios';\nexport const load = async () => [await fetch(url), await axios.get(url)];\n";

/** The rules that speak of a file with one call of each client, beside a file that sets limits or sets none. */
async function rulesBeside(start: string): Promise<readonly string[]> {
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const rules = pickRules(['js-fetch-without-timeout', 'js-axios-without-timeout']);
  const { hits } = await reviewFiles(
    memoryIndex({ 'src/load.ts': CALL, 'src/start.ts': start }),
    rules,
    deps,
  );
  return hits.map(({ rule }) => rule.id).sort();
}

test.each([
  ['', ['js-axios-without-timeout', 'js-fetch-without-timeout']],
  ['setGlobalDispatcher(new ProxyAgent(at));\n', ['js-axios-without-timeout', 'js-fetch-without-timeout']],
  ['setGlobalDispatcher(new Agent({ headersTimeout: 5000 }));\n', ['js-axios-without-timeout']],
  [
    'axios.interceptors.request.use((config) => { config.timeout = 5000; return config; });\n',
    ['js-fetch-without-timeout'],
  ],
  [
    'axios.interceptors.request.use((config) => { config.id = 1; return config; });\n',
    ['js-axios-without-timeout', 'js-fetch-without-timeout'],
  ],
])('a limit that another file sets for all calls counts: %s', async (start, rules) => {
  expect(await rulesBeside(start)).toEqual(rules);
});
