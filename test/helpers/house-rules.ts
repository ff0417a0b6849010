import type { SourceFile } from './source-tree.ts';

/** Longest source file, in lines. */
export const MAX_LINES = 250;

/** What each part of the house may import, besides itself and the leaves. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  leaf: [],
  proxy: [],
  scenario: ['proxy'],
  toxiproxy: ['proxy'],
  rag: [],
  review: ['rag'],
  service: [],
  tools: ['review', 'rag', 'scenario', 'proxy', 'service'],
  resources: [],
  prompts: [],
  transport: [],
  server: ['tools', 'resources', 'prompts', 'transport'],
  cli: [
    'server',
    'tools',
    'resources',
    'prompts',
    'transport',
    'review',
    'rag',
    'scenario',
    'proxy',
    'service',
    'toxiproxy',
  ],
};

/** Big dependencies, and the only paths that may touch them. */
const TOUCHED_ONLY_IN: Readonly<Record<string, RegExp>> = {
  '@modelcontextprotocol/server': /^(server\.ts|server\/|transport\/)/,
  '@modelcontextprotocol/node': /^transport\//,
  '@modelcontextprotocol/server-legacy': /^transport\//,
  'web-tree-sitter': /^rag\/parse\.ts$/,
  'node-sqlite3-wasm': /^rag\/store\//,
  yaml: /^yaml\.ts$/,
  pino: /^log\.ts$/,
  openai: /^(review\/llm\.ts|rag\/embed)/,
  commander: /^cli/,
  pg: /^service\/ask\/postgres\.ts$/,
};

/** Signs of a socket to outside: what is imported for it, and what is there without an import. */
const OPENS_SOCKETS = [
  /import (?!type)[^;]*\b(?:connect|createConnection|request|get|fetch|Pool|Client|Agent)\b[^;]*from '(?:node:(?:net|tls|https?|http2)|undici)'/,
  /(?<![.\w#])fetch\(|new (?:WebSocket|EventSource|XMLHttpRequest)\(/,
];

/** Folders whose members stand in the list `index.ts` beside them. */
const LISTED_FOLDERS = [
  'proxy/faults',
  'tools',
  'scenario/strategies',
  'scenario/generate/shapes',
  'review/rules',
  'rag/routes',
  'resources',
  'prompts',
  'scenario/drill/drills',
];
/** Files of a listed folder that are not members. */
const NOT_MEMBERS = /(^|\/)(index|tool|resource|folder-files|prompt)\.ts$/;

/** Gives one sentence for each rule of the house that `files` break. */
export function listBreaches(files: readonly SourceFile[]): string[] {
  return [
    ...files.flatMap(listCrossedLayers),
    ...files.flatMap(listMisplacedPackages),
    ...files.flatMap(listForbiddenText),
    ...files.flatMap(listUnguardedSockets),
    ...files
      .filter((file) => countLines(file) > MAX_LINES)
      .map((file) => `${file.path} has ${countLines(file)} lines, more than ${MAX_LINES}`),
    ...LISTED_FOLDERS.flatMap((folder) => listForgottenMembers(folder, files)),
  ];
}

/** The part of the house that a file belongs to. */
export function partOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  if (first === 'server.ts') return 'server';
  return first === 'cli.ts' ? 'cli' : 'leaf';
}

function listCrossedLayers(file: SourceFile): string[] {
  const part = partOf(file.path);
  const allowed = MAY_IMPORT[part];
  if (allowed === undefined) return [`${file.path} stands in no known part of the house`];
  return file.imports
    .filter((target) => ![part, 'leaf', ...allowed].includes(partOf(target)))
    .map((target) => `${file.path} imports ${target}: ${part} may not import ${partOf(target)}`);
}

function listMisplacedPackages(file: SourceFile): string[] {
  return file.packages
    .filter((name) => TOUCHED_ONLY_IN[name]?.test(file.path) === false)
    .map((name) => `${file.path} imports ${name}, which is touched in one place only`);
}

function listForbiddenText(file: SourceFile): string[] {
  const breaches = [];
  if (
    (/\bprocess\.env\b/.test(file.text) || file.packages.includes('node:process')) &&
    file.path !== 'config.ts'
  )
    breaches.push(`${file.path} reads process.env: only config.ts may`);
  if (/\b(console\.|process\.stdout)/.test(file.text) && !/^(cli|transport\/)/.test(file.path)) {
    breaches.push(`${file.path} writes to stdout, which belongs to the protocol`);
  }
  if (/\b(TODO|FIXME|XXX)\b/.test(file.text)) breaches.push(`${file.path} holds a note of unfinished work`);
  return breaches;
}

/** What opens sockets to outside must ask the policy at that very place; a check before can be out of date. */
function listUnguardedSockets(file: SourceFile): string[] {
  // Rules hold the code of others, as examples.
  if (file.path.startsWith('review/rules/')) return [];
  const opens =
    OPENS_SOCKETS.some((pattern) => pattern.test(file.text)) ||
    file.packages.some((name) => name === 'openai' || name === 'pg');
  if (!opens || /\b(guardTarget|fetchWithin|agentFor)\(/.test(file.text)) return [];
  return [`${file.path} opens sockets to outside without guardTarget or fetchWithin`];
}

function listForgottenMembers(folder: string, files: readonly SourceFile[]): string[] {
  const members = files.filter(
    (file) =>
      file.path.startsWith(`${folder}/`) &&
      !file.path.slice(folder.length + 1).includes('/') &&
      !NOT_MEMBERS.test(file.path),
  );
  const list = files.find((file) => file.path === `${folder}/index.ts`);
  if (members.length === 0) return [];
  if (list === undefined) return [`${folder}/ has members but no list (index.ts)`];
  return members
    .filter((member) => !list.imports.includes(member.path))
    .map((member) => `${list.path} forgets ${member.path}`);
}

function countLines(file: SourceFile): number {
  return file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0);
}
