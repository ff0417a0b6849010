import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readOwnRules } from '../../src/review/own-rules.ts';
import { pickRules, runRules } from '../../src/review/run-rules.ts';
import { readYaml } from '../../src/yaml.ts';

const RULE = `
id: python-sleep-in-service
languages: [python]
severity: low
message: "\`{callee}\` holds a worker for nothing."
query: |
  ((call function: (attribute) @callee) @finding
    (#eq? @callee "time.sleep"))
`;

const read = (text: string) => readOwnRules([{ source: 'rules/own.yaml', text }]);
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

test('a rule of the user finds its places, with captured text in the message', async () => {
  const rules = await read(RULE);
  const text = 'import time\ndef f():\n    time.sleep(3)\n    other.sleep(3)\n';
  const { hits } = await runRules({ file: 'a.py', language: 'python', text }, rules, project);
  expect(hits.map(({ match }) => [match.message, text.slice(match.startOffset, match.endOffset)])).toEqual([
    ['`time.sleep` holds a worker for nothing.', 'time.sleep(3)'],
  ]);
});

test('it is silenced by a comment like any other', async () => {
  const text = 'time.sleep(1)  # breakwater-ignore python-sleep-in-service: start-up only\n';
  const seen = await runRules({ file: 'a.py', language: 'python', text }, await read(RULE), project);
  expect(seen.hits).toEqual([]);
  expect(seen.notices[0]?.message).toContain('start-up only');
});

test('it can be picked by its id, beside those that are built in', async () => {
  const own = await read(RULE);
  expect(pickRules(['python-sleep-in-service'], own)).toEqual(own);
  expect(pickRules([], own).length).toBeGreaterThan(own.length);
  expect(() => pickRules(['python-sleep-in-service'])).toThrow('There is no rule');
});

test.each([
  ['a query that does not fit', RULE.replace('attribute', 'atribute'), /own\.yaml:6:1: query: .*python/],
  ['no @finding', RULE.replace('@finding', '@place'), /own\.yaml:6:1: .*@finding/],
  [
    'an unknown language',
    RULE.replace('[python]', '[cobol]'),
    /own\.yaml:3:\d+: languages\.0: expected some of/,
  ],
  ['an unknown key', `${RULE}\nfix: yes\n`, /own\.yaml:10:1: fix: /],
  ['an id that is taken', RULE.replace('python-sleep-in-service', 'retry-without-bound'), /already a rule/],
  ['the same id twice', `${RULE}---${RULE}`, /already a rule/],
  [
    'an id of another form',
    RULE.replace('python-sleep-in-service', 'Python Sleep'),
    /own\.yaml:2:1: id: expected/,
  ],
])('%s is an error with its place', async (_name, text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test('a query that would take for ever is given up', async () => {
  // Each of n arguments may be any of n nodes: the number of ways grows without bound.
  const many = '(argument_list (_)* @a (_)* @b (_)* @c (_)* @d (_)* @e (_)* @f (_)* @g) @finding';
  const rules = await read(`{id: slow, languages: [python], message: m, query: "${many}"}`);
  const text = `f(${Array.from({ length: 3_000 }, (_, n) => `a${n}`).join(', ')})\n`;
  const startMs = performance.now();
  await runRules({ file: 'a.py', language: 'python', text }, rules, project);
  expect(performance.now() - startMs).toBeLessThan(30_000);
}, 60_000);

test('the example of the docs is a rule that works', async () => {
  const docs = readFileSync('docs/rules.md', 'utf8');
  const example = /## Rules of your own[\s\S]*?```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? '';
  expect(readYaml(example, 'docs')).toHaveLength(1);
  const [rule] = await read(example);
  const text = 'import time\ntime.sleep(1)\n';
  const { hits } = await runRules(
    { file: 'a.py', language: 'python', text },
    rule === undefined ? [] : [rule],
    project,
  );
  expect(hits).toHaveLength(1);
});
