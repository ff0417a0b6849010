import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { isOfTests } from '../../src/review/for-tests.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { memoryIndex } from './memory-index.ts';

test.each([
  ['top/common.go', 'package common\nimport (\n\t. "github.com/onsi/ginkgo/v2"\n)\n', 'go', true],
  ['top/common.go', 'package common\nimport "github.com/onsi/gomega/gexec"\n', 'go', true],
  ['store/check.go', 'package store\nimport "github.com/stretchr/testify/require"\n', 'go', true],
  ['store/check.go', 'package store\nimport "github.com/onsi/orders"\n', 'go', false],
  ['src/utils/WebTestUtils.java', 'class WebTestUtils { }', 'java', true],
  ['src/TestHelper.java', 'class TestHelper { }', 'java', true],
  ['src/LatestUtils.java', 'class LatestUtils { }', 'java', false],
  ['src/ContestCase.java', 'class ContestCase { }', 'java', false],
  ['src/TestController.java', 'class TestController { }', 'java', false],
] as const)('%s that begins %j helps tests of %s: %s', (file, text, language, helps) => {
  expect(isOfTests(file, text, language)).toBe(helps);
});

test('leaves Go alone that takes a test, or that checks with a library of tests', async () => {
  const go = (imports: string, parameter: string) =>
    `package a\n\nimport (\n\t"net/http"\n${imports})\n\nfunc Load(${parameter}) {\n\thttp.Get(at)\n}\n`;
  const files = {
    'orders/load.go': go('', 'at string'),
    'orders/tests_of.go': go('\t"testing"\n', 't testing.TB, at string'),
    'orders/mode.go': go('\t"testing"\n', 'at string'),
    'orders/check.go': go('\t. "github.com/onsi/gomega"\n', 'at string'),
  };
  const rules = pickRules(['go-http-client-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits, filesReviewed } = await reviewFiles(memoryIndex(files), rules, deps);
  expect(hits.map(({ file }) => file).sort()).toEqual(['orders/load.go', 'orders/mode.go']);
  expect(filesReviewed).toBe(3);
});
