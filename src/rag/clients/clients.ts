import type { ClientUse, CodeRange } from '../../types-code.ts';
import { chainOf, lastName, textOf } from '../expressions.ts';
import type { CallExpression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { findPackageVersion } from '../manifests/packages.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { CLIENT_LIBRARIES, type ClientLibrary } from './client-libraries.ts';
import { limitsOf } from './client-limits.ts';
import { databaseOf } from './model-databases.ts';
import { RUBY_PHP_CLIENTS } from './ruby-php-clients.ts';
import { firstOfChain, limitsOfLinks, linksOfChain, RUST_CLIENTS } from './rust-clients.ts';

/** Names of calls that may make or use a client; of Ruby and PHP a class alone does not tell. */
const CLIENT_CALL =
  /^(new|get|post|put|patch|delete|head|options|request|execute|start|open|send|pool|connect|client|create|wrap|with|plugin|config|persistent|establish_connection|get_response|post_form|getConnection|curl_init|fsockopen|mysqli_connect|pg_p?connect)$/;
const LIBRARIES: readonly ClientLibrary[] = [...CLIENT_LIBRARIES, ...RUBY_PHP_CLIENTS, ...RUST_CLIENTS];
const MAX_CALL = 160;

/** Lists clients, engines and pools that code makes or uses, each where it is configured. */
export function listClients(
  range: CodeRange | null,
  resolver: Resolver,
  manifests: ReadonlyMap<string, string>,
): readonly ClientUse[] {
  const found = new Map<string, ClientUse>();
  for (const [file, facts] of resolver.program.files) {
    if (range !== null && file !== range.file) continue;
    for (const { scope, call } of facts.calls) {
      if (range !== null && (call.line > range.endLine || call.endLine < range.startLine)) continue;
      for (const use of usesOf(call, { file, scope }, resolver, manifests, range !== null)) {
        found.set(`${use.file}:${use.startLine}:${use.call}`, use);
      }
    }
  }
  return [...found.values()].sort(
    (a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0) || a.startLine - b.startLine,
  );
}

/** The call itself when a library exports it, else the client that it is made on or is given. */
function usesOf(
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  manifests: ReadonlyMap<string, string>,
  withUses: boolean,
): ClientUse[] {
  const own = clientCall(call, place, resolver);
  if (own !== null) return [toUse(call, place, own, resolver, manifests)];
  // Over the whole workspace, each client is met where it is made.
  if (!withUses) return [];
  const database = databaseOf(call, place, resolver, manifests);
  const given = call.args.map((argument) => argument.value);
  const subjects = call.callee.kind === 'member' ? [call.callee.of, ...given] : given;
  const uses = subjects.flatMap((subject) => {
    // `connection.get(…)` of Ruby calls the method `connection`.
    const isCall = subject.kind === 'call' && subject.args.length === 0;
    if (subject.kind !== 'name' && subject.kind !== 'member' && !isCall) return [];
    return resolver
      .evaluate(subject, place)
      .flatMap((entity) => madeBy(entity, resolver))
      .flatMap((made) => {
        if (made.value.kind !== 'call') return [];
        const client = clientCall(made.value, made, resolver);
        return client === null ? [] : [toUse(made.value, made, client, resolver, manifests)];
      });
  });
  return database === null ? uses : [...uses, database];
}

function madeBy(entity: Entity, resolver: Resolver): (Entity & { kind: 'value' })[] {
  if (entity.kind !== 'value') return [];
  const results = resolver.values.results(entity).filter((result) => result.kind === 'value');
  return [entity, ...results];
}

function clientCall(
  written: CallExpression,
  place: Place,
  resolver: Resolver,
): { readonly library: ClientLibrary; readonly name: string } | null {
  const family = familyOf(resolver.program.facts(place.file).language);
  // A builder's chain says at its start what is built.
  const call = family === 'rust' ? firstOfChain(written) : written;
  if (!mayBeClient(call, place, family, resolver)) return null;
  for (const target of resolver.evaluate(call.callee, place)) {
    if (target.kind !== 'external') continue;
    const name = target.name.replace(/\.(default|\*)(?=\.|$)|^(globalThis|window|self)\./g, '');
    const library = LIBRARIES.find((one) => one.family === family && one.calls.test(name));
    if (library !== undefined) return { library, name };
  }
  return null;
}

/** Most calls are of the workspace's own: their first name tells, and is looked up once. */
function mayBeClient(call: CallExpression, place: Place, family: string, resolver: Resolver): boolean {
  if (family === 'ruby' || family === 'php') {
    const name = lastName(call.callee) ?? '';
    return CLIENT_CALL.test(name) || (call.callee.kind === 'name' && /^[A-Z]/.test(name));
  }
  const root = chainOf(call.callee)?.split('.')[0];
  return root !== undefined && resolver.lookup(root, place).some((entity) => entity.kind === 'external');
}

function toUse(
  call: CallExpression,
  place: Place,
  { library, name }: { readonly library: ClientLibrary; readonly name: string },
  resolver: Resolver,
  manifests: ReadonlyMap<string, string>,
): ClientUse {
  const { language } = resolver.program.facts(place.file);
  const packageName = library.package ?? packageOf(name, familyOf(language));
  const links =
    language === 'rust' ? linksOfChain(firstOfChain(call), resolver.program.facts(place.file)) : [];
  const whole = links.at(-1) ?? call;
  const text = textOf(whole);
  return {
    file: place.file,
    startLine: links[0]?.line ?? call.line,
    endLine: whole.endLine,
    library: packageName,
    version: findPackageVersion(manifests, language, packageName, place.file),
    call: text.length > MAX_CALL ? `${text.slice(0, MAX_CALL)}…` : text,
    timeout: links.length > 0 ? limitsOfLinks(links).join(', ') || null : limitsOf(call, place, resolver),
  };
}

function packageOf(name: string, family: string): string {
  if (family === 'go') return name.slice(0, name.lastIndexOf('.'));
  const bare = name.replace(/^node:/, '');
  if (bare.startsWith('@')) return bare.split(/[/.]/).slice(0, 2).join('/');
  return bare.split(/[/.]/)[0] ?? bare;
}
