import type { LeanNode } from '../../rag/lean-node.ts';
import type { ProjectFacts } from '../rule.ts';
import { membersOf, type SourceText } from './source-text.ts';

/** What a name of a JavaScript file is bound to: `name` is `default`, `*`, or what the module exports. */
export interface JsBinding {
  readonly module: string;
  readonly name: string;
}

/** Reads what `import` and `require` bind. */
export function readJsImports(source: SourceText): ReadonlyMap<string, JsBinding> {
  const names = new Map<string, JsBinding>();
  for (const statement of source.nodes('import_statement')) {
    const module = unquote(statement.child('source'));
    const clause = statement.childOfType('import_clause');
    if (module === null || clause === null) continue;
    for (const part of clause.children) bindClause(names, module, part);
  }
  for (const declarator of source.nodes('variable_declarator')) {
    const module = requiredModule(declarator.child('value'));
    const target = declarator.child('name');
    if (module === null || target === null) continue;
    if (target.type === 'identifier') names.set(target.text, { module, name: 'default' });
    else for (const part of target.children) bindPattern(names, module, part);
  }
  return names;
}

function bindClause(names: Map<string, JsBinding>, module: string, part: LeanNode): void {
  if (part.type === 'identifier') names.set(part.text, { module, name: 'default' });
  if (part.type === 'namespace_import') {
    const local = part.childOfType('identifier')?.text;
    if (local !== undefined) names.set(local, { module, name: '*' });
  }
  if (part.type !== 'named_imports') return;
  for (const specifier of part.children) {
    const name = specifier.child('name')?.text;
    if (name !== undefined) names.set(specifier.child('alias')?.text ?? name, { module, name });
  }
}

function bindPattern(names: Map<string, JsBinding>, module: string, part: LeanNode): void {
  if (part.type === 'shorthand_property_identifier_pattern')
    names.set(part.text, { module, name: part.text });
  const key = part.type === 'pair_pattern' ? part.child('key')?.text : undefined;
  const local = part.child('value')?.text;
  if (key !== undefined && local !== undefined) names.set(local, { module, name: key });
}

/** `require('x')`, also `require('x').default`. */
function requiredModule(value: LeanNode | null): string | null {
  if (value?.type === 'member_expression' && value.child('property')?.text === 'default') {
    return requiredModule(value.child('object'));
  }
  if (value?.type !== 'call_expression' || value.child('function')?.text !== 'require') return null;
  return unquote(value.child('arguments')?.children[0] ?? null);
}

/** Text of a string literal; `null` for anything else. */
export function unquote(node: LeanNode | null): string | null {
  return node?.type === 'string' ? node.text.slice(1, -1) : null;
}

/** Arguments of a call, comments aside. */
export function argumentsOf(call: LeanNode): LeanNode[] {
  const list = call.child('arguments');
  return list === null ? [] : membersOf(list);
}

/** Names of an object literal's properties; `null` when a spread or a computed name may hold any. */
export function propertyNames(object: LeanNode): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const member of membersOf(object)) {
    if (member.type === 'spread_element') return null;
    const key = member.child('key') ?? member.child('name') ?? member;
    if (key.type === 'computed_property_name') return null;
    names.add(unquote(key) ?? key.text);
  }
  return names;
}

/** Whether the file declares `name` itself: a variable, function, parameter or pattern. */
export function declares(source: SourceText, name: string): boolean {
  const declared = source
    .nodes('variable_declarator', 'function_declaration', 'class_declaration')
    .some((node) => node.child('name')?.text === name);
  if (declared) return true;
  return source.nodes('identifier', 'shorthand_property_identifier_pattern').some((node) => {
    if (node.text !== name) return false;
    if (node.type === 'shorthand_property_identifier_pattern') return true;
    const above = node.parent?.type ?? '';
    return (
      above === 'formal_parameters' ||
      above === 'required_parameter' ||
      above === 'optional_parameter' ||
      (above === 'arrow_function' && node.field === 'parameter') ||
      (above === 'assignment_expression' && node.field === 'left') ||
      (above === 'pair_pattern' && node.field === 'value')
    );
  });
}

const BROWSER_MODULES =
  /^(react|react-dom|preact|vue|svelte|solid-js|@angular\/|next\/(link|router|navigation|image)|@tanstack\/react|lit|jquery|prosemirror|@tiptap|nuxt|zustand|redux|@reduxjs|swr)/;
/** What a page or a command is made with, and what a server is: a package with the one and without the other serves nobody. */
const PAGE_OR_COMMAND_PACKAGES =
  /^(react-dom|vue|svelte|@angular\/core|preact|solid-js|jquery|lit|commander|yargs|@oclif\/core|ink|cac|meow)$/;
const SERVER_PACKAGES =
  /^(express|fastify|koa|hono|next|nuxt|@nestjs\/core|@hapi\/hapi|@remix-run\/.*|@sveltejs\/kit|astro|pg|mongoose|@prisma\/client|@trpc\/server|apollo-server.*|@apollo\/server)$/;
/** SvelteKit's adapter that makes files of a site, and no server. */
const STATIC_SITE = '@sveltejs/adapter-static';
/** Folders of pages: `composables` are of Vue and Nuxt, a service worker stands between a page and the network. */
const BROWSER_PATH =
  /(^|\/)(frontend|browser|public|static|assets|wwwroot|composables|service[-_]?workers?)\//;
const BROWSER_GLOBALS =
  /\b(document|localStorage|sessionStorage)\.\w|\bwindow\.(location|add|document|local)|\bnavigator\.(sendBeacon|clipboard|mediaDevices)\b|\b(chrome|browser)\.(runtime|tabs|alarms|cookies|storage|scripting)\.|\bwithCredentials\s*:\s*true\b|\bcredentials\s*:\s*['"](include|same-origin)['"]|\bimport\.meta\.env\.VITE_|\bfrom\s+['"][^'"\n]+\.(svelte|vue)(\.[jt]s)?['"]/;

/** Only a page knows the host of a path: Node's `fetch` refuses one. */
const FETCH_OF_PATH = /\bfetch\(\s*[`'"]\/(?!\/)/;
const NAMED_PATH = /\b(?:const|let|var)\s+(\w+)\s*=\s*[`'"]\/(?!\/)/g;

/** Whether a file's folder or ending says that it is of a page. */
export function isPagePath(file: string): boolean {
  return BROWSER_PATH.test(file) || /\.(jsx|tsx|vue)$/.test(file);
}

/** Whether the file runs in a browser, where a stalled call holds up one person and no server. */
export function isBrowserCode(
  source: SourceText,
  names: ReadonlyMap<string, JsBinding>,
  { declared, ofPage }: Pick<ProjectFacts, 'declared' | 'ofPage'>,
): boolean {
  if (ofPage) return true;
  if (
    declared.some((name) => PAGE_OR_COMMAND_PACKAGES.test(name)) &&
    (declared.includes(STATIC_SITE) || !declared.some((name) => SERVER_PACKAGES.test(name)))
  )
    return true;
  if (isPagePath(source.file)) return true;
  if (/^\s*['"]use client['"]/.test(source.text)) return true;
  if ([...names.values()].some(({ module }) => BROWSER_MODULES.test(module))) return true;
  return BROWSER_GLOBALS.test(source.text) || fetchesPath(source.text);
}

/** Whether a path is fetched, also where a name holds it or its beginning. */
function fetchesPath(text: string): boolean {
  if (FETCH_OF_PATH.test(text)) return true;
  return [...text.matchAll(NAMED_PATH)].some(([, name = '']) =>
    new RegExp(`\\bfetch\\(\\s*(\`\\$\\{)?${name}\\b(?!\\()`).test(text),
  );
}

/** Whether a call around `node` bounds its time from outside, such as `Promise.race` or `withTimeout`. */
export function isTimeBounded(node: LeanNode): boolean {
  for (let above = node.parent; above !== null; above = above.parent) {
    if (above.type !== 'call_expression') continue;
    const callee = above.child('function');
    if (callee !== null && callee.end <= node.start && /race$|timeout|timebox|deadline/i.test(callee.text)) {
      return true;
    }
  }
  return false;
}
