import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { repository } from '../helpers/mcp-client.ts';
import { packProduct } from '../helpers/packed.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const readJson = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(`${repository}/${name}`, 'utf8'));

const PACKAGE = z.object({
  name: z.string(),
  version: z.string(),
  mcpName: z.string(),
  exports: z.record(z.string(), z.string()),
});

/**
 * What the registry's schema of 2025-12-11 asks of a server.json with npm packages over stdio (its other forms are not
 * used here), and what the registry adds: no key that the schema does not name, versions that are no ranges. Read from
 * the registry's schema and written anew, since no package of npm carries it.
 * https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json
 */
const VERSION = z.string().regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
const SERVER = z.strictObject({
  $schema: z.literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: VERSION,
  packages: z
    .array(
      z.strictObject({
        registryType: z.literal('npm'),
        registryBaseUrl: z.literal('https://registry.npmjs.org'),
        identifier: z.string(),
        version: VERSION,
        runtimeHint: z.literal('npx'),
        transport: z.strictObject({ type: z.literal('stdio') }),
        packageArguments: z.array(
          z.strictObject({ type: z.literal('positional'), value: z.literal('serve') }),
        ),
        environmentVariables: z.array(
          z.strictObject({
            name: z.string(),
            description: z.string(),
            format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
            default: z.string().optional(),
            choices: z.array(z.string()).optional(),
          }),
        ),
      }),
    )
    .min(1),
});

test('publint finds nothing to say about the packed tarball', async () => {
  const { tarball } = await packProduct(await makeTempFolder());
  const bytes = await readFile(tarball);
  const { messages } = await publint({ pack: { tarball: new Uint8Array(bytes).buffer }, strict: true });
  expect(messages).toEqual([]);
});

test('attw sees no types in the packed tarball that could be wrong', async () => {
  const { tarball } = await packProduct(await makeTempFolder());
  const { name, version } = PACKAGE.parse(await readJson('package.json'));
  const checked = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))));
  expect(checked).toEqual({ packageName: name, packageVersion: version, types: false });
});

test('the package exports no code, so that there are no types to be wrong', async () => {
  const manifest = await readJson('package.json');
  expect(PACKAGE.parse(manifest).exports).toEqual({ './package.json': './package.json' });
  for (const key of ['main', 'module', 'types', 'typings', 'dependencies'])
    expect(manifest).not.toHaveProperty(key);
});

test('server.json fits the schema of the MCP registry and names this package at its version', async () => {
  const { name, version, mcpName } = PACKAGE.parse(await readJson('package.json'));
  const server = SERVER.parse(await readJson('server.json'));
  expect(server).toMatchObject({ name: mcpName, version, packages: [{ identifier: name, version }] });
});

test('every environment variable that server.json names is read', async () => {
  const config = await readFile(`${repository}/src/config.ts`, 'utf8');
  const [first] = SERVER.parse(await readJson('server.json')).packages;
  for (const { name } of first?.environmentVariables ?? []) expect(config).toContain(`env.${name}`);
});

/** Licences that allow to ship a package inside ours, with its notice. */
const PERMISSIVE = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0', 'BlueOak-1.0.0'];

async function readNotices(): Promise<
  readonly { readonly name: string; readonly licence: string; readonly text: string }[]
> {
  const text = await readFile(`${repository}/dist/THIRD-PARTY-LICENSES.txt`, 'utf8');
  const [, ...notices] = text.split(`${'-'.repeat(80)}\n`);
  return notices.map((notice) => {
    const [, name = '', licence = ''] = /^(\S+) \S+ \((.+)\)\n/.exec(notice) ?? [];
    return { name, licence, text: notice };
  });
}

test('the notice of every bundled package goes with the bundle, and each licence is permissive', async () => {
  const notices = await readNotices();
  expect(notices.length).toBeGreaterThan(30);
  expect(notices.filter(({ licence }) => !PERMISSIVE.includes(licence))).toEqual([]);
  for (const { text } of notices) expect(text).toMatch(/copyright|license/i);
  // TypeScript comes inside @ts-morph/common, and says so at the head of its file only.
  expect(notices.find(({ name }) => name === '@ts-morph/common')?.text).toContain('Microsoft Corporation');
});

test('the README names each package that is built in, and none that is not', async () => {
  const readme = await readFile(`${repository}/README.md`, 'utf8');
  const [, paragraph = ''] = /## Dependencies\n\n(.+)\n/.exec(readme) ?? [];
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(await readJson('package.json'));
  const bundled = (await readNotices()).map(({ name }) => name).filter((name) => name in devDependencies);
  const named = [...paragraph.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !name.startsWith('dist/')).sort()).toEqual(bundled.sort());
});

test('packing builds first, so that no tarball is without the product', async () => {
  expect(await readJson('package.json')).toHaveProperty('scripts.prepack', 'npm run build');
});
