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
  ['src/memory.ts', "import { MongoMemoryServer } from 'mongodb-memory-server'\n", 'typescript', true],
  ['src/memory.js', "const { MongoMemoryServer } = require('mongodb-memory-server');\n", 'javascript', true],
  ['src/fakes.ts', "import {\n  vi,\n} from 'vitest';\n", 'typescript', true],
  ['src/start.ts', "import { M } from 'mongodb-memory-server';\napp.listen(80);\n", 'typescript', false],
  ['src/start.ts', "import { browser } from 'playwright';\n", 'typescript', false],
  ['src/start.ts', "export const runner = 'vitest';\n", 'typescript', false],
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

test.each([
  ['javascript', "if (process.env.NODE_ENV !== 'production') { fetch(url); }", true],
  ['javascript', "if (config.mail.at && config.env !== 'production') { fetch(url); }", true],
  ['javascript', "if (process.env.APP_ENV === 'local') { fetch(url); }", true],
  ['javascript', 'if (!config.isProduction) { fetch(url); }', true],
  ['javascript', 'if (isDev()) { fetch(url); }', true],
  ['javascript', 'if (import.meta.env.DEV) { fetch(url); }', true],
  ['javascript', "if (process.env.NODE_ENV === 'production') { load(); } else { fetch(url); }", true],
  ['javascript', 'if (IS_TESTING) { fetch(url); }', true],
  ['javascript', 'if (config.isTest()) { fetch(url); }', true],
  ['javascript', 'if (isTested) { fetch(url); }', false],
  ['javascript', "if (process.env.NODE_ENV === 'production') { fetch(url); }", false],
  ['javascript', "if (process.env.NODE_ENV !== 'production') { load(); } else { fetch(url); }", false],
  ['javascript', "if (process.env.NODE_ENV !== 'test') { fetch(url); }", false],
  ['javascript', "if (config.env !== 'production' || forced) { fetch(url); }", false],
  ['javascript', 'if (config.isProduction) { fetch(url); }', false],
  ['javascript', "if (order.product !== 'prod') { fetch(url); }", false],
  ['javascript', 'if (device) { fetch(url); }', false],
  ['javascript', 'if (isProduction) return null; fetch(url);', true],
  ['javascript', "if (process.env.NODE_ENV === 'production') { throw new Error(no); } fetch(url);", true],
  ['javascript', "if (process.env.NODE_ENV === 'production') { warn(); } fetch(url);", false],
  ['javascript', "if (process.env.NODE_ENV !== 'production') { return null; } fetch(url);", false],
  ['javascript', '{ if (isProduction) return null; } fetch(url);', false],
  ['go', 'if cfg.Debug { http.Get(at) }', true],
  ['go', 'if options.GetBool("DEBUG") { http.Get(at) }', true],
  ['go', 'if os.Getenv("APP_ENV") == "development" { http.Get(at) }', true],
  ['go', 'if cfg.IsDev() { http.Get(at) }', true],
  ['go', 'if cfg.Debugger { http.Get(at) }', false],
  ['go', 'if os.Getenv("APP_ENV") == "production" { http.Get(at) }', false],
] as const)('what %s does in %j is for developers alone: %s', async (language, branch, alone) => {
  const isGo = language === 'go';
  const text = isGo
    ? `package a\n\nimport "net/http"\n\nfunc Load(at string) {\n\t${branch.replace(/([{}])/g, '$1\n')}\n}\n`
    : `async function load() {\n  ${branch.replace('fetch', 'await fetch')}\n}\n`;
  const rules = pickRules(['go-http-client-without-timeout', 'js-fetch-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(memoryIndex({ [isGo ? 'a.go' : 'a.js']: text }), rules, deps);
  expect(hits).toHaveLength(alone ? 0 : 1);
});

test.each([
  ["assert settings.instance_env != 'production'", true],
  ["assert site.env.instance_type != 'production'", true],
  ["assert order.envelope.type != 'production'", false],
  ['assert not is_production()', true],
  ["assert settings.instance_env == 'production'", false],
  ["assert order.state != 'production'", false],
  ["if fresh:\n        assert env != 'production'", false],
  ['assert order', false],
] as const)('what follows %j in Python is for developers alone: %s', async (guard, alone) => {
  const text = `import requests\n\ndef load(fresh, order):\n    ${guard}\n    return requests.get(order.url)\n`;
  const rules = pickRules(['python-http-call-without-timeout']);
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const { hits } = await reviewFiles(memoryIndex({ 'orders.py': text }), rules, deps);
  expect(hits).toHaveLength(alone ? 0 : 1);
});
