import type { ClientUse, CodeRange } from '../../types-code.ts';
import { textOf } from '../expressions.ts';
import type { CallExpression, Expression } from '../facts.ts';
import { familyOf } from '../languages.ts';
import { findPackageVersion } from '../manifests/packages.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import { collectLimits, limitsOf } from './client-limits.ts';
import { declaredClient, extendedClient, listMade, type MadeClient } from './held-clients.ts';
import { clientCall, type KnownClient, startOfChain } from './known-clients.ts';
import { databaseOf } from './model-databases.ts';
import { limitsOfLinks, linksOfChain } from './rust-clients.ts';

type Manifests = ReadonlyMap<string, string>;

const MAX_CALL = 160;
/** Of a client that a framework hands out, so many of those that the workspace sets up are shown. */
const MAX_SETUPS = 3;

/** Lists clients, engines and pools that code makes or uses, each where it is configured. */
export function listClients(
  range: CodeRange | null,
  resolver: Resolver,
  manifests: Manifests,
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
  manifests: Manifests,
  withUses: boolean,
): ClientUse[] {
  const own = clientCall(call, place, resolver);
  if (own !== null) return [toUse({ made: call, place, client: own }, resolver, manifests)];
  // Over the whole workspace, each client is met where it is made.
  if (!withUses) return [];
  const database = databaseOf(call, place, resolver, manifests);
  const subjects = listSubjects(call);
  const made = subjects.flatMap((subject) => listMade(subject, place, resolver));
  const uses = made.map((client) => toUse(client, resolver, manifests));
  const all = uses.length > 0 ? uses : heldBy(subjects, call, place, resolver, manifests);
  return database === null ? all : [...all, database];
}

/** What a call is made on, step by step, and what it is given. */
function listSubjects(call: CallExpression): Expression[] {
  const subjects: Expression[] = call.callee.kind === 'name' ? [call.callee] : [];
  for (let at: Expression = call.callee; at.kind === 'member'; at = at.of) subjects.push(at.of);
  return [...subjects, ...call.args.map(({ value }) => value)].filter(
    // `connection.get(…)` of Ruby calls the method `connection`.
    (one) => one.kind === 'name' || one.kind === 'member' || (one.kind === 'call' && one.args.length === 0),
  );
}

/** Clients that are handed out by a framework: what is declared, or extended, says which. */
function heldBy(
  subjects: readonly Expression[],
  call: CallExpression,
  place: Place,
  resolver: Resolver,
  manifests: Manifests,
): ClientUse[] {
  for (const subject of subjects) {
    const extended = extendedClient(subject, place, resolver);
    if (extended !== null) {
      const made = extended.client.library.setups === undefined ? superCall(extended.type, resolver) : null;
      if (made === null) return setupsOf(extended.client, place.file, resolver, manifests);
      return [toUse({ ...made, client: extended.client }, resolver, manifests)];
    }
    const declared = declaredClient(subject, place, resolver);
    if (declared === null) continue;
    const setups = setupsOf(declared, place.file, resolver, manifests);
    return setups.length > 0 ? setups : [toUse({ made: call, place, client: declared }, resolver, manifests)];
  }
  return [];
}

const madeInWorkspace = new WeakMap<Resolver, readonly ClientUse[]>();

/** Where the workspace makes or sets up clients of the same package, those near `from` first. */
function setupsOf(
  { library, name }: KnownClient,
  from: string,
  resolver: Resolver,
  manifests: Manifests,
): ClientUse[] {
  const { language } = resolver.program.facts(from);
  const packageName = library.package ?? packageOf(name, familyOf(language));
  const all = madeInWorkspace.get(resolver) ?? listClients(null, resolver, manifests);
  madeInWorkspace.set(resolver, all);
  const isTest = (file: string) => /(^|\/|[._-])tests?([/._-]|$)/i.test(file);
  const type = /(\w+)$/.exec(name)?.[1] ?? name;
  const near = (file: string) => commonFolders(file, from);
  return (
    all
      .filter((use) => use.library === packageName && (isTest(from) || !isTest(use.file)))
      // One package may hold several clients: `RestTemplate` and `RestClient` of Spring.
      .filter((use) => library.setups?.test(lastCalled(use)) === true || makes(use, type, language))
      .sort((a, b) => near(b.file) - near(a.file))
      .slice(0, MAX_SETUPS)
  );
}

/** In Go a pool does not have the name of its type: `sql.Open` gives a `sql.DB`. */
function makes(use: ClientUse, type: string, language: string): boolean {
  const isMaker =
    language === 'go' && /^(Open|New(?!Request)|Connect|MustConnect|Dial)/.test(lastCalled(use));
  return isMaker || use.call.includes(type);
}

/** `UseNpgsql` of `options.UseNpgsql(…)`. */
function lastCalled({ call }: ClientUse): string {
  return /(\w+)\(/.exec(call)?.[1] ?? '';
}

function commonFolders(a: string, b: string): number {
  const [one, other] = [a.split('/'), b.split('/')];
  const differs = one.findIndex((folder, at) => folder !== other[at]);
  return differs < 0 ? one.length : differs;
}

/** `super({ log: [] })` of a class that extends a client. */
function superCall(
  { file, index }: { readonly file: string; readonly index: number },
  resolver: Resolver,
): Pick<MadeClient, 'made' | 'place'> | null {
  const { startLine, endLine } = resolver.program.symbol({ file, index });
  for (const { scope, call } of resolver.program.facts(file).calls) {
    const isWithin = call.line >= startLine && call.endLine <= endLine;
    if (isWithin && call.callee.kind === 'name' && /^(super|base)$/.test(call.callee.name))
      return { made: call, place: { file, scope } };
  }
  return null;
}

function toUse(client: MadeClient, resolver: Resolver, manifests: Manifests): ClientUse {
  const { file } = client.place;
  const { language } = resolver.program.facts(file);
  const { library, name } = client.client;
  const packageName = library.package ?? packageOf(name, familyOf(language));
  const { startLine, endLine, text, timeout } = writtenAs(client, resolver);
  return {
    file,
    startLine,
    endLine,
    library: packageName,
    version: findPackageVersion(manifests, language, packageName, file),
    call: text.length > MAX_CALL ? `${text.slice(0, MAX_CALL)}…` : text,
    timeout,
  };
}

interface Written {
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
  readonly timeout: string | null;
}

function writtenAs({ made, place, client }: MadeClient, resolver: Resolver): Written {
  const facts = resolver.program.facts(place.file);
  if (made.kind === 'map') {
    const binding = facts.bindings.find(({ value }) => value === made);
    const scope = facts.scopes[place.scope];
    const found: string[] = [];
    collectLimits(made, found);
    return {
      startLine: binding?.line ?? scope?.startLine ?? 1,
      endLine: binding?.endLine ?? scope?.endLine ?? facts.lines,
      text: `${client.name.split('/').at(-1) ?? client.name}${textOf(made)}`,
      timeout: found.length === 0 ? null : found.join(', '),
    };
  }
  const first = startOfChain(made, facts.language);
  const links = first === null ? [] : linksOfChain(first, facts);
  const whole = links.at(-1) ?? made;
  const limits = limitsOfLinks(links);
  const own = facts.language === 'rust' ? null : limitsOf(made, place, resolver);
  return {
    startLine: links[0]?.line ?? made.line,
    endLine: whole.endLine,
    text: textOf(whole),
    timeout: [...limits, ...(own === null ? [] : [own])].join(', ') || null,
  };
}

function packageOf(name: string, family: string): string {
  if (family === 'go') return name.slice(0, name.lastIndexOf('.'));
  const bare = name.replace(/^node:/, '');
  if (bare.startsWith('@')) return bare.split(/[/.]/).slice(0, 2).join('/');
  return bare.split(/[/.]/)[0] ?? bare;
}
