import { expect, test } from 'vitest';
import { readLeanTree } from '../../src/rag/parse.ts';
import { isServiceCode } from '../../src/review/service-code.ts';
import { isCloudFunction, isScript } from '../../src/review/syntax/python.ts';
import { listServiceEntries } from '../../src/review/syntax/service-entry.ts';
import { readSourceText } from '../../src/review/syntax/source-text.ts';

test('a file that closes what it opened and defines nothing is a program that ends', () => {
  expect(
    isScript('import psycopg2\nconn = psycopg2.connect(URL)\nconn.execute(SCHEMA)\nconn.close()\n'),
  ).toBe(true);
});

test('a file that keeps what it opened is none', () => {
  expect(isScript('import psycopg2\nconn = psycopg2.connect(URL)\n')).toBe(false);
});

test('a file that defines something for others is none', () => {
  const text =
    'import psycopg2\ndef names():\n    return NAMES\nconn = psycopg2.connect(URL)\nconn.close()\n';
  expect(isScript(text)).toBe(false);
});

test('a file that a framework runs is none', () => {
  expect(isScript('from flask import Flask\nsocket = bind()\nsocket.close()\napp = Flask("a")\n')).toBe(
    false,
  );
});

test('a function that a cloud calls is known by its name or its framework', () => {
  expect(isCloudFunction('def lambda_handler(event, context):\n    pass\n')).toBe(true);
  expect(
    isCloudFunction('import functions_framework\n\n@functions_framework.http\ndef a(request):\n    pass\n'),
  ).toBe(true);
  expect(isCloudFunction('def handler(event, context):\n    pass\n')).toBe(false);
  expect(isCloudFunction('# as in def lambda_handler(\n')).toBe(false);
});

test('settings that are a template or for development, and libraries of an operator, are no code of the service', () => {
  expect(isServiceCode('shop/local_settings.template.py')).toBe(false);
  expect(isServiceCode('shop/settings.sample.py')).toBe(false);
  expect(isServiceCode('shop/settings/devstack.py')).toBe(false);
  expect(isServiceCode('shop/settings/local.py')).toBe(false);
  expect(isServiceCode('shop/settings/base.py')).toBe(true);
  expect(isServiceCode('charm/lib/charms/databases/v0/relations.py')).toBe(false);
  expect(isServiceCode('lib/charms.py')).toBe(true);
  expect(isServiceCode('local_server/main.py')).toBe(false);
  expect(isServiceCode('web/hot-dev-server.js')).toBe(false);
  expect(isServiceCode('web/server.js')).toBe(true);
  expect(isServiceCode('shop/main_local_debug.py')).toBe(false);
  expect(isServiceCode('shop/local_server.py')).toBe(true);
  expect(isServiceCode('shop/template.py')).toBe(true);
});

test('an application that jobs make for its settings, or a cloud calls, is no entry of a service', async () => {
  const own = 'from flask import Flask\napp = Flask(__name__)\n';
  const countIn = async (file: string, text = own) => {
    const root = await readLeanTree('python', text);
    return root === null ? 0 : listServiceEntries(readSourceText(file, 'python', text, root)).length;
  };
  expect(await countIn('jobs/nightly/app.py')).toBe(0);
  expect(await countIn('shop/app.py', `import functions_framework\n${own}`)).toBe(0);
  expect(await countIn('shop/app.py')).toBe(1);
});
