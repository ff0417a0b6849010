import { afterEach, expect, test, vi } from 'vitest';
import { showCommand } from '../src/cli/shell-words.ts';
import { readSurroundings } from '../src/config.ts';
import { isInside } from '../src/policy.ts';
import { checkPatchPath } from '../src/review/patch/patch-path.ts';
import { toIndexedPath } from '../src/tools/session/indexed-path.ts';

// Paths as Windows has them, on every system.
vi.mock('node:path', async (original) => {
  const { win32 } = await original<typeof import('node:path')>();
  return { ...win32, default: win32 };
});

const { platform } = process;
afterEach(() => {
  Object.defineProperty(process, 'platform', { value: platform });
  vi.unstubAllEnvs();
});

test.each([
  ['C:\\work\\shop', 'C:\\work\\shop', true],
  ['C:\\work\\shop', 'C:\\work\\shop\\src\\app.js', true],
  ['C:\\work\\shop', 'c:\\Work\\SHOP\\src\\app.js', true],
  ['C:\\work\\shop', 'C:\\work\\shop..old\\app.js', false],
  ['C:\\work\\shop', 'C:\\work\\shopping\\app.js', false],
  ['C:\\work\\shop', 'C:\\work\\shop\\..\\other\\app.js', false],
  ['C:\\work\\shop', 'D:\\work\\shop\\app.js', false],
  ['C:\\work\\shop', '\\\\host\\share\\app.js', false],
  ['C:\\work\\shop', 'C:\\work\\shop\\..gitignored\\app.js', true],
])('below %s on Windows: %s is %s', (root, path, inside) => {
  expect(isInside(root, path)).toBe(inside);
});

test.each(['C:\\app.js', 'c:/app.js', 'src\\..\\..\\app.js', 'src\\app.js', '.GIT/config'])(
  'a patch may not touch %s',
  (path) => {
    expect(() => checkPatchPath(path)).toThrow(/A patch may not touch/);
  },
);

test('what was trusted is remembered in the folder that Windows has for it', () => {
  Object.defineProperty(process, 'platform', { value: 'win32' });
  vi.stubEnv('BREAKWATER_HOME', undefined);
  vi.stubEnv('LOCALAPPDATA', 'C:\\Users\\ann\\AppData\\Local');
  expect(readSurroundings({ workspace: 'C:\\shop' }).stateHome).toBe(
    'C:\\Users\\ann\\AppData\\Local\\breakwater',
  );
});

test.each(['src\\api', '.\\src\\api\\', 'src/api', 'C:\\shop\\src\\api'])(
  'the index finds %s as src/api',
  (named) => {
    Object.defineProperty(process, 'platform', { value: 'win32' });
    expect(toIndexedPath('C:\\shop', named)).toBe('src/api');
  },
);

test('words of a proposed command are quoted for the shell of Windows', () => {
  Object.defineProperty(process, 'platform', { value: 'win32' });
  const args = { query: 'it\'s "slow"', path: 'src\\api' };
  expect(showCommand({ tool: 'code_search', args })).toBe(
    'breakwater search --query "it\'s \\"slow\\"" --path src\\api',
  );
});

test('a started service finds the system and the folder of its user', () => {
  vi.stubEnv('USERPROFILE', 'C:\\Users\\ann');
  vi.stubEnv('ComSpec', 'C:\\Windows\\system32\\cmd.exe');
  expect(readSurroundings({ workspace: 'C:\\shop' }).serviceEnv).toMatchObject({
    USERPROFILE: 'C:\\Users\\ann',
    ComSpec: 'C:\\Windows\\system32\\cmd.exe',
  });
});
