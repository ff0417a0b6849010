import { expect, test } from 'vitest';
import { listBreaches, MAX_LINES } from './helpers/house-rules.ts';
import { findCircle, readSourceFile, readSourceTree } from './helpers/source-tree.ts';

const tree = readSourceTree('src');

test('the house has files to look at', () => {
  expect(tree.length).toBeGreaterThan(10);
});

test('no rule of the house is broken', () => {
  expect(listBreaches(tree)).toEqual([]);
});

test('there is no circle of imports', () => {
  expect(findCircle(tree)).toBeNull();
});

test('a crossed layer is seen, type imports included', () => {
  const planted = readSourceFile('review/x.ts', "import type { A } from '../scenario/a.ts';");
  expect(listBreaches([planted])).toEqual([
    'review/x.ts imports scenario/a.ts: review may not import scenario',
  ]);
});

test('an import of the layer below is no breach', () => {
  expect(listBreaches([readSourceFile('review/x.ts', "import { a } from '../rag/a.ts';")])).toEqual([]);
});

test('a circle is seen through dynamic imports', () => {
  const a = readSourceFile('rag/a.ts', "import { b } from './b.ts';");
  const b = readSourceFile('rag/b.ts', "const a = await import('./a.ts');");
  expect(findCircle([a, b])).toEqual(['rag/a.ts', 'rag/b.ts', 'rag/a.ts']);
});

test('a member that its list forgets is seen', () => {
  const list = readSourceFile('proxy/faults/index.ts', "import latency from './latency.ts';");
  const latency = readSourceFile('proxy/faults/latency.ts', '');
  const jitter = readSourceFile('proxy/faults/jitter.ts', '');
  expect(listBreaches([list, latency, jitter])).toEqual([
    'proxy/faults/index.ts forgets proxy/faults/jitter.ts',
  ]);
});

test.each([
  "import { connect } from 'node:net';",
  "import { request as send } from 'node:https';",
  "import { request } from 'undici';",
  "import OpenAI from 'openai';",
  'const answer = await fetch(url);',
])('a socket to outside that does not ask the policy is seen: %s', (text) => {
  expect(listBreaches([readSourceFile('rag/embed.ts', text)])).toEqual([
    'rag/embed.ts opens sockets to outside without guardTarget or fetchWithin',
  ]);
  expect(listBreaches([readSourceFile('rag/embed.ts', `${text}\nguardTarget(host, port, []);`)])).toEqual([]);
});

test('a server, a type and a method called fetch open no socket to outside', () => {
  const text =
    "import { createServer } from 'node:http';\nimport type { Socket } from 'node:net';\nstore.fetch(1);";
  expect(listBreaches([readSourceFile('rag/x.ts', text)])).toEqual([]);
});

test('a file that outgrows the limit is seen, one at the limit is not', () => {
  const long = readSourceFile('rag/long.ts', 'x\n'.repeat(MAX_LINES + 1));
  const full = readSourceFile('rag/full.ts', 'x\n'.repeat(MAX_LINES));
  expect(listBreaches([long, full])).toEqual([
    `rag/long.ts has ${MAX_LINES + 1} lines, more than ${MAX_LINES}`,
  ]);
});

test('a big dependency outside its place is seen', () => {
  expect(listBreaches([readSourceFile('rag/x.ts', "import { parse } from 'yaml';")])).toEqual([
    'rag/x.ts imports yaml, which is touched in one place only',
  ]);
});

test('reading the environment outside config.ts is seen', () => {
  expect(listBreaches([readSourceFile('rag/x.ts', 'const a = process.env.A;')])).toEqual([
    'rag/x.ts reads process.env: only config.ts may',
  ]);
});

test('a layer crossed by the URL of a worker is seen', () => {
  const planted = readSourceFile(
    'review/x.ts',
    "new Worker(new URL('../scenario/load.worker.ts', import.meta.url));",
  );
  expect(listBreaches([planted])).toEqual([
    'review/x.ts imports scenario/load.worker.ts: review may not import scenario',
  ]);
});

test('reading the environment by an import of node:process is seen', () => {
  expect(listBreaches([readSourceFile('rag/x.ts', "import { env } from 'node:process';")])).toEqual([
    'rag/x.ts reads process.env: only config.ts may',
  ]);
});
