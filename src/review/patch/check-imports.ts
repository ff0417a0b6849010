import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { AppError } from '../../errors.ts';
import { escapePattern } from '../../texts.ts';
import type { PatchCheck } from '../../types-code.ts';
import type { TextChange } from './write-diff.ts';

type ReadFile = (file: string) => Promise<string | null>;

const JAVASCRIPT = /\.[cm]?[jt]sx?$/;
const JAVASCRIPT_IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)['"]([^'"\n]+)['"]/g;
const PYTHON_IMPORT = /^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)/gm;
const PYTHON_MANIFESTS = ['requirements.txt', 'pyproject.toml', 'Pipfile', 'setup.py', 'setup.cfg'];
/** Packages that fixes for resilience often bring, by module; names of others cannot be told from their modules. */
const PYTHON_PACKAGES: Readonly<Record<string, string>> = {
  aiobreaker: 'aiobreaker',
  aiohttp: 'aiohttp',
  async_timeout: 'async-timeout',
  backoff: 'backoff',
  cachetools: 'cachetools',
  circuitbreaker: 'circuitbreaker',
  httpx: 'httpx',
  opentelemetry: 'opentelemetry',
  prometheus_client: 'prometheus-client',
  pybreaker: 'pybreaker',
  requests: 'requests',
  stamina: 'stamina',
  tenacity: 'tenacity',
};

/**
 * Names packages that a patch imports anew while no manifest above the file declares them, manifests as the patch
 * leaves them. Without a manifest nothing is said. It is a hint, since an alias of the project looks the same.
 */
export async function checkImports(
  changes: readonly TextChange[],
  readFile: ReadFile,
): Promise<readonly PatchCheck[]> {
  const missing: string[] = [];
  for (const change of changes) {
    const wanted = listNewPackages(change);
    if (wanted.length === 0) continue;
    const manifests = await readManifests(change, changes, readFile);
    if (manifests.length === 0) continue;
    const left = wanted.filter((name) => !manifests.some((text) => declares(text, name)));
    if (left.length > 0) missing.push(`${left.join(', ')} in ${change.file}`);
  }
  if (missing.length === 0) return [];
  const message = `no manifest declares what is imported: ${missing.join('; ')}; add it in the same patch, unless it is an alias`;
  return [{ name: 'imports', ok: true, message }];
}

function listNewPackages({ file, oldText, newText }: TextChange): readonly string[] {
  const before = new Set(listPackages(file, oldText ?? ''));
  return [...new Set(listPackages(file, newText ?? ''))].filter((name) => !before.has(name));
}

function listPackages(file: string, text: string): readonly string[] {
  if (JAVASCRIPT.test(file)) {
    return [...text.matchAll(JAVASCRIPT_IMPORT)].flatMap(([, from = '']) => {
      const name = from
        .split('/')
        .slice(0, from.startsWith('@') ? 2 : 1)
        .join('/');
      const isPackage = /^(@[\w.-]+\/)?[\w][\w.-]*$/.test(name) && !isBuiltin(from) && !from.includes(':');
      return isPackage ? [name] : [];
    });
  }
  if (!file.endsWith('.py')) return [];
  return [...text.matchAll(PYTHON_IMPORT)].flatMap(([, module = '']) => PYTHON_PACKAGES[module] ?? []);
}

async function readManifests(
  { file }: TextChange,
  changes: readonly TextChange[],
  readFile: ReadFile,
): Promise<readonly string[]> {
  const names = JAVASCRIPT.test(file) ? ['package.json'] : PYTHON_MANIFESTS;
  const texts: string[] = [];
  for (const folder of foldersAbove(file)) {
    for (const name of names) {
      const path = posix.join(folder, name);
      const patched = changes.find((change) => change.file === path);
      const text = patched === undefined ? await readOrNull(path, readFile) : patched.newText;
      if (text !== null) texts.push(text);
    }
  }
  return texts;
}

function foldersAbove(file: string): readonly string[] {
  const parts = file.split('/').slice(0, -1);
  return [...parts.map((_, at) => parts.slice(0, parts.length - at).join('/')), ''];
}

/** A manifest that may not be read is as one that is not there. */
async function readOrNull(path: string, readFile: ReadFile): Promise<string | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** Whether a manifest's text has the name as a word of its own; `_` and `-` are one in Python. */
function declares(manifest: string, name: string): boolean {
  const plain = escapePattern(name).replace(/-/g, '[-_.]');
  return new RegExp(`(^|[^\\w@/.-])${plain}(?![\\w/])`, 'im').test(manifest);
}
