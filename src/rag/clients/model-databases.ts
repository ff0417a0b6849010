import { posix } from 'node:path';
import type { ClientUse } from '../../types-code.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { findPackageVersion } from '../manifests/packages.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { collectLimits } from './client-limits.ts';

/** What classes of models extend, as libraries export it. */
const MODELS =
  /^(ActiveRecord::Base|ApplicationRecord|Illuminate\\Database\\Eloquent\\Model|Illuminate\\Foundation\\Auth\\User|Eloquent)$/;
const DATABASE_CALLS = /^(Illuminate\\Support\\Facades\\)?DB(\.|$)/;
const MAX_DEPTH = 8;
/** Names of limits in `config/database.yml`, which ERB may stand in: it is read line by line. */
const LIMIT_LINE =
  /^\s*(pool|max_connections|min_connections|checkout_timeout|connect_timeout|read_timeout|write_timeout|timeout|statement_timeout|lock_timeout|idle_timeout|max_age|keepalive|reaping_frequency|retries|connection_retries|retry_deadline)\s*:\s*(.+?)\s*$/;

/** The pool that a model's call goes through, where it is configured; `null`: the call is on no model. */
export function databaseOf(
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  manifests: ReadonlyMap<string, string>,
): ClientUse | null {
  const { language } = resolver.program.facts(place.file);
  if ((language !== 'ruby' && language !== 'php') || !isOnModel(call, place, resolver)) return null;
  return language === 'ruby'
    ? railsDatabase(place.file, manifests)
    : laravelDatabase(place.file, resolver, manifests);
}

function isOnModel(call: CallExpression, place: Place, resolver: Resolver): boolean {
  let root: Expression = call.callee;
  while (root.kind === 'member' || root.kind === 'call')
    root = root.kind === 'member' ? root.of : root.callee;
  if (root === call.callee || root.kind !== 'name') return false;
  return resolver.evaluate(root, place).some((entity) => {
    if (entity.kind === 'external') return DATABASE_CALLS.test(entity.name);
    const types = entity.kind === 'symbol' ? [entity] : resolver.types.of(entity);
    return types.some((type) => isModel(type, resolver, 0));
  });
}

function isModel(type: Entity & { kind: 'symbol' | 'instance' }, resolver: Resolver, depth: number): boolean {
  const { bases, inScope } = resolver.program.symbol(type);
  return bases.some((base) =>
    resolver.evaluate(base, { file: type.file, scope: inScope }).some((entity) => {
      if (entity.kind === 'external') return MODELS.test(entity.name);
      return entity.kind === 'symbol' && depth < MAX_DEPTH && isModel(entity, resolver, depth + 1);
    }),
  );
}

/** `config/database.yml` of the application that a file belongs to. */
function railsDatabase(from: string, manifests: ReadonlyMap<string, string>): ClientUse | null {
  const file = nearest(
    [...manifests.keys()].filter((name) => /(^|\/)config\/database\.yml$/.test(name)),
    from,
  );
  if (file === null) return null;
  const lines = (manifests.get(file) ?? '').split('\n');
  const limits = lines.flatMap((line, index) => {
    const [, name, value] = LIMIT_LINE.exec(line) ?? [];
    return name === undefined ? [] : [{ line: index + 1, text: `${name}: ${value}` }];
  });
  const adapter = lines
    .map((line) => /^\s*adapter:\s*(\S+)/.exec(line)?.[1])
    .find((name) => name !== undefined);
  return {
    file,
    startLine: limits[0]?.line ?? 1,
    endLine: limits.at(-1)?.line ?? lines.length,
    library: 'activerecord',
    version: findPackageVersion(manifests, 'ruby', 'activerecord', file),
    call: `Active Record's pool${adapter === undefined ? '' : `, adapter ${adapter}`}`,
    timeout: limits.length === 0 ? null : [...new Set(limits.map(({ text }) => text))].join(', '),
  };
}

/** `config/database.php` of the application that a file belongs to. */
function laravelDatabase(
  from: string,
  resolver: Resolver,
  manifests: ReadonlyMap<string, string>,
): ClientUse | null {
  const file = nearest(
    [...resolver.program.files.keys()].filter((name) => /(^|\/)config\/database\.php$/.test(name)),
    from,
  );
  if (file === null) return null;
  const facts = resolver.program.facts(file);
  const limits: string[] = [];
  for (const value of facts.scopes[0]?.returns ?? []) collectLimits(value, limits);
  return {
    file,
    startLine: 1,
    endLine: facts.lines,
    library: 'laravel/framework',
    version: findPackageVersion(manifests, 'php', 'laravel/framework', file),
    call: "Eloquent's connections",
    timeout: limits.length === 0 ? null : [...new Set(limits)].join(', '),
  };
}

/** The file whose application lies nearest above `from`. */
function nearest(files: readonly string[], from: string): string | null {
  const rootOf = (file: string) => posix.dirname(posix.dirname(file));
  const isAbove = (file: string) => rootOf(file) === '.' || from.startsWith(`${rootOf(file)}/`);
  const sorted = [...files].sort((a, b) => Number(isAbove(b)) - Number(isAbove(a)) || b.length - a.length);
  return sorted[0] ?? null;
}
