// Bundles the product into dist/: one entry for each command, one for each worker, shared chunks beside them.
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { renderNotices } from './licenses.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

const GRAMMARS = [
  'python',
  'javascript',
  'typescript',
  'tsx',
  'go',
  'java',
  'c-sharp',
  'ruby',
  'rust',
  'php',
];

/** Packages of which files are copied beside the bundle. */
const COPIED = [
  'node_modules/@vscode/tree-sitter-wasm/',
  'node_modules/web-tree-sitter/',
  'node_modules/node-sqlite3-wasm/',
  'node_modules/@seriousme/openapi-schema-validator/',
];

async function listWorkers(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.worker.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function copyWasm(outdir) {
  await mkdir(join(outdir, 'wasm'), { recursive: true });
  const grammars = dirname(require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'));
  for (const name of GRAMMARS) {
    await cp(join(grammars, `tree-sitter-${name}.wasm`), join(outdir, 'wasm', `tree-sitter-${name}.wasm`));
  }
  await cp(
    require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    join(outdir, 'wasm', 'web-tree-sitter.wasm'),
  );
  const sqlite = join(
    dirname(require.resolve('node-sqlite3-wasm/package.json')),
    'dist',
    'node-sqlite3-wasm.wasm',
  );
  // The library looks for its file in __dirname, which the banner sets to the folder of the bundle.
  await cp(sqlite, join(outdir, 'node-sqlite3-wasm.wasm'));
}

/** The validator of OpenAPI documents reads its JSON Schemas from a folder beside its own code. */
async function copySchemas(outdir) {
  const validator = dirname(require.resolve('@seriousme/openapi-schema-validator'));
  await cp(join(validator, 'schemas'), join(outdir, 'schemas'), { recursive: true });
  await cp(join(root, 'docs/scenario-format.md'), join(outdir, 'scenario-format.md'));
}

/** Bundles each of `entries` into `outdir`, with what they share in chunks beside them; gives the files that it read. */
export async function bundle(entries, outdir) {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    entryPoints: Object.fromEntries(
      entries.map((path) => [path.split(/[\\/]/).at(-1).replace(/\.ts$/, ''), path]),
    ),
    outdir,
    bundle: true,
    splitting: true,
    // Names stay as they are: to give them back (keepNames) costs a call for each function, at start and at each closure.
    minifyWhitespace: true,
    minifySyntax: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: false,
    legalComments: 'none',
    banner: {
      js: [
        "import { createRequire as __createRequire } from 'node:module';",
        "import { fileURLToPath as __toPath } from 'node:url';",
        'const require = __createRequire(import.meta.url);',
        "const __filename = __toPath(import.meta.url), __dirname = __toPath(new URL('.', import.meta.url));",
      ].join(''),
    },
    logLevel: 'warning',
  });
  return Object.keys(metafile.inputs);
}

/** Writes the bundle to `outdir` (default: dist/), replacing what was there. */
export async function buildProduct(outdir = join(root, 'dist')) {
  await rm(outdir, { recursive: true, force: true });
  const workers = await listWorkers(join(root, 'src'));
  const commands = [join(root, 'src/cli.ts'), join(root, 'src/cli/breakwater-mcp.ts')];
  const files = await bundle([...commands, ...workers], outdir);
  await copyWasm(outdir);
  await copySchemas(outdir);
  await writeFile(join(outdir, 'THIRD-PARTY-LICENSES.txt'), await renderNotices(root, [...files, ...COPIED]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProduct();
