import { mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkTarget, fence, redact, redactHeaders, resolveInside, tame } from '../src/policy.ts';
import { makeTempFolder } from './helpers/temp-folder.ts';

test.each([
  'http://127.0.0.1:8000/x',
  'http://localhost:1',
  'https://[::1]:8443',
  'http://127.8.9.1',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://app.localhost',
])('%s is this machine and allowed', async (url) => {
  await expect(checkTarget(url, [])).resolves.toBeUndefined();
});

test.each([
  'http://192.0.2.1',
  'http://10.0.0.1:80',
  'http://[2001:db8::1]',
  'http://0.0.0.0:80',
  'http://3221225985/',
])('%s is elsewhere and refused', async (url) => {
  await expect(checkTarget(url, [])).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test('a host that the configuration lists is allowed, its neighbour is not', async () => {
  await expect(checkTarget('http://192.0.2.1:80/', ['192.0.2.1'])).resolves.toBeUndefined();
  await expect(checkTarget('http://192.0.2.2:80/', ['192.0.2.1'])).rejects.toMatchObject({
    code: 'TARGET_NOT_ALLOWED',
  });
});

test.each(['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://[::ffff:169.254.169.254]/'])(
  'metadata address %s is refused even when listed',
  async (url) => {
    await expect(checkTarget(url, ['169.254.169.254', 'fe80::1', '::ffff:a9fe:a9fe'])).rejects.toMatchObject({
      code: 'TARGET_NOT_ALLOWED',
    });
  },
);

test.each(['ftp://127.0.0.1', 'file:///etc/passwd', 'not a url', ''])('%j is no target', async (url) => {
  await expect(checkTarget(url, [])).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

test('paths below the root are given back as real paths, new files too', async () => {
  const root = await makeTempFolder();
  await writeFile(join(root, 'a.yaml'), '');
  expect(await resolveInside(root, 'a.yaml')).toBe(join(root, 'a.yaml'));
  expect(await resolveInside(root, 'new/b.yaml')).toBe(join(root, 'new/b.yaml'));
  expect(await resolveInside(root, pathToFileURL(join(root, 'a.yaml')).href)).toBe(join(root, 'a.yaml'));
  expect(await resolveInside(root, '..a')).toBe(join(root, '..a'));
});

test('paths that leave the root are refused: upwards, absolute, by a link, by a sibling of the same beginning', async () => {
  const parent = await makeTempFolder();
  const root = join(parent, 'app');
  await mkdir(root);
  await mkdir(join(parent, 'app-secret'));
  await symlink(join(parent, 'app-secret'), join(root, 'link'));
  for (const path of ['../x', '/etc/passwd', 'link/new.txt', '../app-secret/x', 'a\0b']) {
    await expect(resolveInside(root, path)).rejects.toMatchObject({ code: 'PATH_NOT_ALLOWED' });
  }
});

test.each([
  ['postgres://app:hunter2@db/shop', 'postgres://app:***@db/shop'],
  ['Authorization: Bearer abc.def-1', 'Authorization: Bearer ***'],
  ['token eyJhbGciOi.eyJzdWIi.sig', 'token ***'],
  ['key sk-abcdefghijklmnopqrst', 'key ***'],
  ['{"password": "x y", "name": "z"}', '{"password": "***", "name": "z"}'],
  ['api_key=12345&x=1', 'api_key=***&x=1'],
])('the secret in %j is masked', (text, masked) => {
  expect(redact(text)).toBe(masked);
});

test('a file that appears while its path is looked at is no link that leads out', async () => {
  const root = await realpath(await makeTempFolder());
  const file = join(root, 'run.json');
  let looking = true;
  const comeAndGo = async () => {
    while (looking) {
      await writeFile(file, '{}');
      await rm(file);
    }
  };
  const writer = comeAndGo();
  const looks = Array.from({ length: 20 }, async () => {
    for (let look = 0; look < 100; look += 1) expect(await resolveInside(root, 'run.json')).toBe(file);
  });
  await Promise.all(looks).finally(() => {
    looking = false;
  });
  await writer;
});

test('plain text stays as it is', () => {
  expect(redact('GET /users/1?page=2 took 12 ms')).toBe('GET /users/1?page=2 took 12 ms');
});

test('secret headers are masked, others kept', () => {
  expect(redactHeaders({ Authorization: 'x', Cookie: 'y', 'X-Api-Key': 'z', Accept: '*/*' })).toEqual({
    Authorization: '***',
    Cookie: '***',
    'X-Api-Key': '***',
    Accept: '*/*',
  });
});

test('sequences of a terminal and invisible characters are taken out, line breaks stay', () => {
  expect(tame('a\u001b[31mb\u200bc\u202ed\ne', 100)).toBe('abcd\ne');
});

test('a long text is cut with its length', () => {
  expect(tame('x'.repeat(12), 10)).toBe(`${'x'.repeat(10)}… (2 more characters)`);
});

test('text cannot close its fence', () => {
  expect(fence('a\n```\nb', 100)).toBe('````\na\n```\nb\n````');
});
