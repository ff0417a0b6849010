// Packs dist/ into breakwater-VERSION.mcpb, the bundle that Claude Desktop installs by a double click.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packExtension } from '@anthropic-ai/mcpb';
import { z } from 'zod';
import { TOOLS } from '../src/tools/index.ts';
import { firstSentences } from './generated-tables.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const SHIPPED = ['dist', 'README.md', 'LICENSE'];

const PACKAGE = z.object({
  version: z.string(),
  description: z.string(),
  license: z.string(),
  keywords: z.array(z.string()),
  engines: z.object({ node: z.string() }),
});

/** Gives the manifest of the bundle (MCPB manifest 0.3), made from package.json and the list of tools. */
export function makeManifest() {
  const { version, description, license, keywords, engines } = readPackage();
  return {
    manifest_version: '0.3',
    name: 'breakwater',
    display_name: 'Breakwater',
    version,
    description,
    author: { name: 'The Breakwater maintainers' },
    license,
    keywords,
    server: {
      type: 'node',
      entry_point: 'dist/cli.js',
      mcp_config: {
        command: 'node',
        // biome-ignore-start lint/suspicious/noTemplateCurlyInString: the host fills these in
        args: ['${__dirname}/dist/cli.js', 'serve', '--root', '${user_config.workspace}'],
        // biome-ignore-end lint/suspicious/noTemplateCurlyInString: the host fills these in
        env: {},
      },
    },
    tools: TOOLS.map(({ name, description: text }) => ({ name, description: firstSentences(text, 1) })),
    prompts_generated: true,
    user_config: {
      workspace: {
        type: 'directory',
        title: 'Project folder',
        description:
          'The folder of the service to test; Breakwater reads code here and keeps runs in .breakwater/.',
        required: true,
      },
    },
    compatibility: { platforms: ['darwin', 'linux', 'win32'], runtimes: { node: engines.node } },
  };
}

/**
 * Writes the bundle of the built product to `folder`; gives its path.
 *
 * @throws Error when the manifest does not fit its schema.
 */
export async function packBundle(folder: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'breakwater-mcpb-'));
  try {
    for (const name of SHIPPED) cpSync(join(repository, name), join(stage, name), { recursive: true });
    const manifest = makeManifest();
    const kept = { name: 'breakwater-mcp', version: manifest.version, type: 'module' };
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(kept, null, 2)}\n`);
    writeFileSync(join(stage, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    const path = join(folder, `breakwater-${manifest.version}.mcpb`);
    if (!(await packExtension({ extensionPath: stage, outputPath: path, silent: true })))
      throw new Error('The manifest does not fit the schema of MCPB.');
    return path;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function readPackage(): z.infer<typeof PACKAGE> {
  return PACKAGE.parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(`${await packBundle(repository)}\n`);
