import { annotationOf } from '../annotated-classes.ts';
import { lastName } from '../expressions.ts';
import type { Resolver } from '../names/resolver.ts';
import type { DocumentedOperation } from './openapi-operations.ts';

/** A method of the workspace, an index into the symbols of its file. */
export interface WrittenMethod {
  readonly file: string;
  readonly index: number;
}

/** A class that implements what a generator makes of a document. */
export interface Implementer {
  /** What the generator has named the interface after, such as `Orders`; `null`: it makes one for all operations. */
  readonly group: string | null;
  /** By name in small letters, without other signs. */
  readonly methods: ReadonlyMap<string, WrittenMethod>;
}

const GENERATED_INTERFACE = /^(\w+?)Api(Delegate|Service|Controller)?$/;
/** Names that a workspace gives its generated interfaces, told by their package, which is its own. */
const OWN_INTERFACE = /^(\w+?)(Resource|Endpoint|Controller|Service)$/;
/** What hangs an implementation into a server that oapi-codegen or ogen has made. */
const REGISTRARS = [
  'NewStrictHandler',
  'NewStrictHandlerWithOptions',
  'HandlerFromMux',
  'HandlerFromMuxWithBaseURL',
  'HandlerWithOptions',
  'RegisterHandlers',
  'RegisterHandlersWithBaseURL',
  'NewServer',
];
/** Where tests and their doubles stand: they answer no operation. */
export const TEST_FILE = /(^|\/)(tests?|mocks?)\/|_test\.go$/;

/** Java classes whose interface (`OrdersApi`, `OrdersApiDelegate`) is made from a document and not in the workspace. */
export function listJavaImplementers(resolver: Resolver): readonly Implementer[] {
  return resolver.program.filesOf('java').flatMap(([file, facts]) => {
    if (TEST_FILE.test(file)) return [];
    return facts.symbols.flatMap((symbol, index): Implementer[] => {
      // A decorator of CDI hands on to the class that answers.
      if (symbol.kind !== 'class' || annotationOf(symbol, /^Decorator$/) !== null) return [];
      const place = { file, scope: symbol.inScope };
      const groups = symbol.bases.flatMap((base) => {
        const found = resolver.evaluate(base, place);
        if (!found.every((entity) => entity.kind === 'external')) return [];
        const isOwn = found.some(
          (entity) => entity.kind === 'external' && sharesPackage(entity.name, facts.package),
        );
        const name = lastName(base) ?? '';
        const group =
          GENERATED_INTERFACE.exec(name)?.[1] ?? (isOwn ? OWN_INTERFACE.exec(name)?.[1] : undefined);
        return group === undefined ? [] : [group];
      });
      const methods = methodsOf(file, index, resolver);
      return groups.map((group) => ({ group, methods }));
    });
  });
}

/** Go types that are handed to a server that is made from a document. */
export function listGoImplementers(resolver: Resolver): readonly Implementer[] {
  const given = REGISTRARS.flatMap((name) =>
    resolver.program
      .callsNamed(name, 'go')
      .flatMap(({ file, placed: { call, scope } }) =>
        call.args
          .slice(0, 2)
          .flatMap(({ value }) =>
            resolver.evaluate(value, { file, scope }).flatMap((entity) => [...resolver.types.of(entity)]),
          ),
      ),
  );
  const distinct = new Map(given.map((type) => [`${type.file}:${type.index}`, type]));
  return [...distinct.values()].flatMap(({ file, index }) =>
    TEST_FILE.test(file) ? [] : [{ group: null, methods: methodsOf(file, index, resolver) }],
  );
}

/** `org.shop` of `org.shop.api.OrdersResource` and of `org.shop.web`. */
function sharesPackage(name: string, own: string): boolean {
  const [top, second] = own.split('.');
  return second !== undefined && name.startsWith(`${top}.${second}.`);
}

/**
 * The method that answers an operation of `document` by its id; `null`: none, or several with nothing to choose by. Of
 * several versions, the one whose folders the document's have most in common with counts.
 */
export function findImplementation(
  operation: DocumentedOperation,
  implementers: readonly Implementer[],
  document: string,
): WrittenMethod | null {
  const id = plainName(operation.operationId);
  const having = implementers.flatMap(({ group, methods }) => {
    const method = methods.get(id);
    return method === undefined ? [] : [{ group, method }];
  });
  const agreeing = having.filter(({ group }) => group !== null && isGroupOf(group, operation));
  const [only, ...others] = keepNearest(agreeing.length > 0 ? agreeing : having, document);
  const isOne = others.every(
    ({ method }) => method.file === only?.method.file && method.index === only.method.index,
  );
  return only !== undefined && isOne ? only.method : null;
}

function keepNearest<T extends { readonly method: WrittenMethod }>(
  found: readonly T[],
  document: string,
): T[] {
  const folders = new Set(document.split('/').slice(0, -1));
  const shared = ({ method }: T) => method.file.split('/').filter((part) => folders.has(part)).length;
  const most = Math.max(...found.map(shared));
  return found.filter((one) => shared(one) === most);
}

/** A name in small letters, without other signs: `read-order` is `readOrder` in code. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Generators name an interface after a tag, or after the first segment of the path. */
function isGroupOf(group: string, { tags, path }: DocumentedOperation): boolean {
  const plain = plainName(group);
  const segments = path.split('/').filter((segment) => !segment.includes('{'));
  return [...tags, ...segments].some((name) => plainName(name) === plain);
}

function methodsOf(file: string, index: number, resolver: Resolver): ReadonlyMap<string, WrittenMethod> {
  const { program } = resolver;
  const { name, parent } = program.symbol({ file, index });
  const path = parent === '' ? name : `${parent}.${name}`;
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const isGo = program.facts(file).language === 'go';
  const files = isGo ? program.filesIn(folder.replace(/\/$/, '')) : [file];
  return new Map(
    files.flatMap((one) =>
      program
        .facts(one)
        .symbols.flatMap((symbol, at) =>
          symbol.kind === 'method' && symbol.parent === path
            ? [[plainName(symbol.name), { file: one, index: at }] as const]
            : [],
        ),
    ),
  );
}
