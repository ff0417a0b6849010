import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/review/rules/index.ts';
import { pickRules, runRules } from '../../src/review/run-rules.ts';
import { fixAll, hitsIn, parses } from './rules/rule-testing.ts';

const project = {
  declared: [],
  ofPage: false,
  versionOf: () => null,
  holds: () => false,
  holdsNearby: () => false,
  countNearby: () => 0,
  holdsTogether: () => false,
  wordsAfter: () => [],
  capturesOf: () => [],
};
const run = (text: string) => runRules({ file: 'src/a.js', language: 'javascript', text }, RULES, project);

const client = `import { setTimeout as delay } from 'node:timers/promises';

export function createClient(baseUrl) {
  return {
    async charge(order) {
      while (true) {
        try {
          const response = await fetch(\`\${baseUrl}/charges\`, {
            method: 'POST',
            body: JSON.stringify(order),
          });
          if (!response.ok) throw new Error('no charge');
          return await response.json();
        } catch (error) {
          console.error(error.message);
          await delay(100);
        }
      }
    },
    async read(id) {
      const response = await fetch(\`\${baseUrl}/charges/\${id}\`);
      return response.ok ? response.json() : null;
    },
  };
}
`;

test('all fixes of one file can be done at once, and leave nothing to say', async () => {
  const hits = await hitsIn(RULES, client, 'javascript');
  expect(hits.map((hit) => hit.rule.id).sort()).toEqual([
    'js-fetch-without-timeout',
    'js-fetch-without-timeout',
    'retry-without-bound',
  ]);
  const fixed = fixAll(client, hits) ?? '';
  expect(await parses('javascript', fixed)).toBe(true);
  expect(fixed).toContain('            signal: AbortSignal.timeout(2000),\n          });');
  expect(fixed).toContain('for (let attempt = 1; ; attempt += 1) {');
  expect(fixed).toContain('await delay(100 * attempt);');
  expect(await hitsIn(RULES, fixed, 'javascript')).toEqual([]);
});

test('fixes of several rules for one call of Python compose', async () => {
  const text = `"""Reads."""
import requests
import time

async def read(u):
    while True:
        try:
            return requests.get(u).json()
        except requests.RequestException:
            time.sleep(1)
`;
  const hits = await hitsIn(RULES, text, 'python');
  expect(fixAll(text, hits)).toBe(`"""Reads."""
import asyncio
import requests
import time

async def read(u):
    attempt = 0
    while True:
        attempt += 1
        try:
            return (await asyncio.to_thread(requests.get, u, timeout=(3.05, 4))).json()
        except requests.RequestException:
            if attempt >= 3:
                raise
            await asyncio.sleep(1 * attempt)
`);
  expect(await hitsIn(RULES, fixAll(text, hits) ?? '', 'python')).toEqual([]);
});

test('a fix of a CRLF file keeps its line breaks', async () => {
  const crlf = client.replaceAll('\n', '\r\n');
  const fixed = fixAll(crlf, await hitsIn(RULES, crlf, 'javascript')) ?? '';
  expect(fixed.replaceAll('\r\n', '')).not.toContain('\n');
});

describe('a comment that silences a rule', () => {
  test.each([
    '// breakwater-ignore js-fetch-without-timeout: the proxy in front has a limit\nawait fetch(url);\n',
    'await fetch(url); // breakwater-ignore js-fetch-without-timeout: only in the start script\n',
    '/* breakwater-ignore js-fetch-without-timeout: see above */\nawait fetch(url);\n',
  ])('works with a reason: %j', async (text) => {
    const { hits, notices } = await run(text);
    expect(hits).toEqual([]);
    expect(notices[0]?.message).toMatch(/^js-fetch-without-timeout silenced: /);
  });

  test.each([
    '// breakwater-ignore js-fetch-without-timeout\nawait fetch(url);\n',
    '// breakwater-ignore retry-without-bound: another rule\nawait fetch(url);\n',
    '// breakwater-ignore js-fetch-without-timeout: too far away\n\nawait fetch(url);\n',
    'log("breakwater-ignore js-fetch-without-timeout: in a string"); await fetch(url);\n',
  ])('does not work: %j', async (text) => {
    expect((await run(text)).hits).toHaveLength(1);
  });

  test('without a reason says so', async () => {
    const { notices } = await run('// breakwater-ignore js-fetch-without-timeout\nawait fetch(url);\n');
    expect(notices).toEqual([
      {
        where: 'src/a.js:2',
        message: 'js-fetch-without-timeout is not silenced: the comment gives no reason',
      },
    ]);
  });
});

test('an unknown rule is refused with the list of rules', () => {
  expect(() => pickRules(['no-such-rule'])).toThrow(/There is no rule "no-such-rule"/);
});

test('code in a language without rules has no findings', async () => {
  const seen = await runRules({ file: 'a.rs', language: 'rust', text: 'fn main() {}' }, RULES, project);
  expect(seen).toEqual({ source: null, hits: [], notices: [] });
});
