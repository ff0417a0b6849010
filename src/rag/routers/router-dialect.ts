import type { HttpMethod } from '../../types.ts';
import type { CallExpression, Expression } from '../facts.ts';
import type { Entity, Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { PathSyntax } from '../route-paths.ts';

/** What a call says of the router that it is made on. */
export type RouterCall =
  /** Declares routes; the last handler answers, those before it are middleware. */
  | {
      readonly does: 'route';
      /** Empty: GET, or what a class-based view has. */
      readonly methods: readonly (HttpMethod | 'ANY')[];
      readonly path: Expression | null;
      readonly handlers: readonly Expression[];
      readonly operationId?: Expression | null;
      readonly tags?: Expression | null;
      /** Says methods and handlers in place of the two, such as axum's `get(list).post(create)`. */
      readonly table?: Expression | null;
    }
  /** Hangs another router, or a function that fills one, below a prefix. */
  | {
      readonly does: 'mount';
      readonly prefix: Expression | null;
      readonly children: readonly Expression[];
      readonly tags?: Expression | null;
      /** The prefix stands in place of the child's own. */
      readonly replacesPrefix?: boolean;
      /** Says routes of its own in place of a router, such as a list of them. */
      readonly table?: Expression | null;
    }
  /** Gives a router below a prefix, and hands it to `fill` where there is one. */
  | { readonly does: 'derive'; readonly prefix: Expression | null; readonly fill: Expression | null }
  /** Sets the router's own prefix. */
  | { readonly does: 'prefix'; readonly prefix: Expression | null }
  /** Gives the router itself. */
  | { readonly does: 'chain' };

/** One handler of a table, where it stands and the call that names it. */
export interface TableEntry {
  readonly methods: readonly (HttpMethod | 'ANY')[];
  readonly handlers: readonly Expression[];
  readonly place: Place;
  /** The call that names the handler, where it is not the one that declares the route. */
  readonly call?: CallExpression;
  /** `call` shows a handler that is written in place, also where it is the only one. */
  readonly exact?: boolean;
  /** Where the table says them. */
  readonly path?: Expression | null;
  readonly operationId?: Expression | null;
}

/** Something that hangs at a prefix without being named in the call. */
export interface FoundMount {
  readonly prefix: Expression;
  readonly child: Entity;
}

/** One framework whose applications are made of router objects. */
export interface RouterDialect {
  readonly framework: string;
  readonly family: string;
  readonly syntax: PathSyntax;
  /** Names, as libraries export them, of what makes a router. */
  readonly constructors: RegExp;
  /** Names that are routers themselves, such as a package with a default one. */
  readonly globals?: RegExp;
  /** Names of types that a parameter holding a router is declared with. */
  readonly types: RegExp;
  /** Prefix and tags that a router is made with. */
  readonly made?: (call: CallExpression) => {
    readonly prefix: Expression | null;
    readonly tags: Expression | null;
    /** Another router that it hangs below. */
    readonly below?: Expression | null;
    /** Routers that hang below it. */
    readonly holds?: readonly Expression[];
  };
  /** Names of members that are the router itself for what is said to it, such as `app.router`. */
  readonly itself?: RegExp;
  /** Stands in the name of every module that gives a router: without one, no call is looked at. Absent: all are. */
  readonly module?: string;
  /** Whether a call of this name may say anything at all; absent: any may. Asked of each call, so it must be quick. */
  readonly speaks?: (name: string) => boolean;
  /** What a call of `name` says; `null`: nothing. */
  readonly read: (call: CallExpression, name: string) => RouterCall | null;
  /** Routes are declared by decorators with the same calls. */
  readonly decorates?: boolean;
  /** What a mount takes from files that it does not name. */
  readonly findMounts?: (call: CallExpression, place: Place, resolver: Resolver) => readonly FoundMount[];
  /** Opens the `table` of a route. */
  readonly openTable?: (table: Expression, place: Place, resolver: Resolver) => readonly TableEntry[];
  /** What an attribute of a function that is mounted says; `null`: nothing. */
  readonly attribute?: (attribute: CallExpression) => (RouterCall & { readonly does: 'route' }) | null;
  /** The framework's own rule for ids. */
  readonly operationId?: (route: NamedRoute) => string | null;
}

/** What a framework's rule for operation ids may look at. */
export interface NamedRoute {
  readonly method: string;
  readonly path: string;
  readonly handlerName: string | null;
  readonly tags: readonly string[];
  /** The function that makes ids, where the application gives one: parts of its text. */
  readonly customId: Expression | null;
}
