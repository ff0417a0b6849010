import { expect, test } from 'vitest';
import fetchWithoutTimeout from '../../../src/review/rules/js-fetch-without-timeout.ts';
import { hitsIn } from './rule-testing.ts';

const CALL = 'export const load = async () => (await fetch(HOST + "/styles")).json();\n';
const KIT = { svelte: '5.28.2', '@sveltejs/kit': '2.20.8' };

test('a package that SvelteKit makes files of is a page, one with a server of its own is not', async () => {
  const hits = (versions: Record<string, string>) =>
    hitsIn([fetchWithoutTimeout], CALL, 'typescript', versions);
  expect(await hits({ ...KIT, '@sveltejs/adapter-static': '3.0.8' })).toEqual([]);
  expect(await hits({ ...KIT, '@sveltejs/adapter-node': '5.0.0' })).toHaveLength(1);
});
