import { chainOf, lastName } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { CLIENT_LIBRARIES, type ClientLibrary } from './client-libraries.ts';
import { TYPED_CLIENTS } from './java-csharp-clients.ts';
import { RUBY_PHP_CLIENTS } from './ruby-php-clients.ts';
import { firstOfChain, RUST_CLIENTS } from './rust-clients.ts';

/** Names of calls that may make or use a client; of Ruby and PHP a class alone does not tell. */
const CLIENT_CALL =
  /^(new|get|post|put|patch|delete|head|options|request|execute|start|open|send|pool|connect|client|create|wrap|with|plugin|config|persistent|establish_connection|get_response|post_form|getConnection|curl_init|fsockopen|mysqli_connect|pg_p?connect)$/;
const LIBRARIES: readonly ClientLibrary[] = [
  ...CLIENT_LIBRARIES,
  ...RUBY_PHP_CLIENTS,
  ...RUST_CLIENTS,
  ...TYPED_CLIENTS,
];
/** Languages whose clients are made by a chain that says at its start what is built. */
const BUILDS = /^(rust|java)$/;

/** A client by its library and the name that this exports it under. */
export interface KnownClient {
  readonly library: ClientLibrary;
  readonly name: string;
}

/** The client that a call makes or uses; `null`: none is known. */
export function clientCall(written: CallExpression, place: Place, resolver: Resolver): KnownClient | null {
  const family = familyOf(resolver.program.facts(place.file).language);
  const call = startOfChain(written, family) ?? written;
  const setup = LIBRARIES.find(
    (one) => one.family === family && one.setups?.test(lastName(call.callee) ?? ''),
  );
  if (setup !== undefined) return { library: setup, name: lastName(call.callee) ?? '' };
  if (!mayBeClient(call, place, family, resolver)) return null;
  return clientAmong(resolver.evaluate(call.callee, place), family);
}

/** The first call of a builder's chain; `null`: the language's clients are not made in this way. */
export function startOfChain(call: CallExpression, language: string): CallExpression | null {
  return BUILDS.test(language) ? firstOfChain(call) : null;
}

/** The client that a type of a library is, by the name that an annotation gives it; `null`: none is known. */
export function clientType(type: Expression, place: Place, resolver: Resolver): KnownClient | null {
  const family = familyOf(resolver.program.facts(place.file).language);
  return clientAmong(resolver.evaluate(type.kind === 'index' ? type.of : type, place), family);
}

function clientAmong(entities: readonly Entity[], family: string): KnownClient | null {
  for (const target of entities) {
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
