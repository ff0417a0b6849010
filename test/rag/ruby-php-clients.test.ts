import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildContext } from '../../src/rag/context.ts';
import type { HttpMethod } from '../../src/types.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

async function clientsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const index = await indexFolder(root);
  const found = index
    .listClients(null)
    .map(({ library, version, timeout }) => `${library} ${version} ${timeout}`);
  index.close();
  return found;
}

async function contextClients(name: string, method: HttpMethod, path: string): Promise<string[]> {
  const index = await indexFolder(fixture(name));
  const [best] = index.findHandlers({ method, path, operationId: null });
  const { clients } = await buildContext(index, best!.route.handler, { depth: 2, budgetTokens: 4000 });
  index.close();
  return clients.map(({ file, startLine, library, version, timeout }) =>
    [`${file}:${startLine}`, library, version, timeout].join(' | '),
  );
}

test('a Rails action reaches its HTTP client through two services, and the pool of its models', async () => {
  expect(await contextClients('rails', 'POST', '/api/v1/orders/{id}/pay')).toEqual([
    'config/database.yml:3 | activerecord | 7.1.3 | pool: <%= ENV.fetch("RAILS_MAX_THREADS") { 5 } %>, checkout_timeout: 5, connect_timeout: 2, statement_timeout: 3000',
    'app/clients/payments_client.rb:17 | faraday | 2.9.0 | timeout: 5, open_timeout=1',
  ]);
});

test('a Laravel action reaches what its injected service was made with', async () => {
  expect(await contextClients('laravel', 'POST', '/api/v1/orders/{id}/pay')).toEqual([
    'app/Services/PaymentService.php:13 | guzzlehttp/guzzle | 7.8.1 | timeout: 2.5',
  ]);
});

test("limits of a chain of Laravel's Http are those of the call, and models name their connections", async () => {
  expect(await contextClients('laravel', 'GET', '/api/v1/ping')).toEqual([
    'app/Clients/Weather.php:11 | laravel/framework | 11.9.2 | timeout(3), retry(2)',
  ]);
  expect(await contextClients('laravel', 'GET', '/api/v1/orders')).toEqual([
    'config/database.php:1 | laravel/framework | 11.9.2 | PDO::ATTR_TIMEOUT: 5, connect_timeout: 2',
  ]);
});

test('limits that are set after a client was made are its own', async () => {
  const text = [
    'class A',
    '  def b',
    '    one = Net::HTTP.new("a")',
    '    two = Net::HTTP.new("b")',
    '    two.read_timeout = 7',
    '  end',
    'end',
  ].join('\n');
  expect(await clientsOf({ 'a.rb': text })).toEqual(['net-http null null', 'net-http null read_timeout=7']);
});

test('a class that includes HTTParty is a client with the limits of its body', async () => {
  const text =
    'class A\n  include HTTParty\n  default_timeout 4\n  def b\n    self.class.get("/x")\n    A.post("/y")\n  end\nend\n';
  expect(await clientsOf({ 'a.rb': text })).toEqual(['httparty null default_timeout=4']);
});

test('a class of the workspace with the name of a library is no client', async () => {
  const text = 'module Faraday\n  def self.get(x) = x\nend\nFaraday.get("/x")\n';
  expect(await clientsOf({ 'a.rb': text })).toEqual([]);
  expect(
    await clientsOf({ 'a.php': '<?php\nnamespace GuzzleHttp;\nclass Client {}\nnew Client();\n' }),
  ).toEqual([]);
});

test('options of curl belong to their handle', async () => {
  const text =
    '<?php\n$a = curl_init("x");\n$b = curl_init("y");\ncurl_setopt($b, CURLOPT_TIMEOUT_MS, 400);\ncurl_setopt($a, CURLOPT_POST, 1);\n';
  expect(await clientsOf({ 'a.php': text })).toEqual(['php null null', 'php null CURLOPT_TIMEOUT_MS=400']);
});
