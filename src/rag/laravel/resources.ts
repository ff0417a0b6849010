import { textsAt } from '../block-language.ts';
import { entryOf, positional } from '../expressions.ts';
import type { Expression } from '../facts.ts';
import { singularize } from '../inflections.ts';
import type { ChainLink } from '../names/call-chain.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { LaravelGroup } from './group.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A route that `Route::resource` gives by itself. */
export interface ResourceRoute {
  readonly action: string;
  readonly methods: readonly Method[];
  readonly path: string;
}

interface Action {
  readonly action: string;
  readonly methods: readonly Method[];
  readonly isMember: boolean;
  readonly below: string;
}

const ACTIONS: readonly Action[] = [
  { action: 'index', methods: ['GET'], isMember: false, below: '' },
  { action: 'create', methods: ['GET'], isMember: false, below: '/create' },
  { action: 'store', methods: ['POST'], isMember: false, below: '' },
  { action: 'show', methods: ['GET'], isMember: true, below: '' },
  { action: 'edit', methods: ['GET'], isMember: true, below: '/edit' },
  { action: 'update', methods: ['PUT', 'PATCH'], isMember: true, below: '' },
  { action: 'destroy', methods: ['DELETE'], isMember: true, below: '' },
];
const FORMS = /^(create|edit)$/;

/** Lists the routes of `Route::resource('photos.comments', …)` and its like; the calls after it narrow them. */
export function listResourceRoutes(
  kind: string,
  name: string,
  links: readonly ChainLink[],
  group: LaravelGroup,
  place: Place,
  resolver: Resolver,
): readonly ResourceRoute[] {
  const option = (wanted: string): Expression | null => {
    const after = links.slice(1).find((link) => link.name === wanted);
    return after === undefined ? entryOf(positionalOptions(links[0]), wanted) : argumentsOf(after);
  };
  const texts = (expression: Expression | null) => textsAt(expression, place, group.names, resolver);
  const [only, except] = [option('only'), texts(option('except'))];
  const isApi = kind.startsWith('api');
  const isSingle = /ingleton$/.test(kind);
  const isCreatable = links.some((link) => link.name === 'creatable' || link.name === 'destroyable');
  const allowed = ACTIONS.filter(
    ({ action }) =>
      !(isApi && FORMS.test(action)) &&
      !(isSingle && (action === 'index' || (!isCreatable && /^(create|store|destroy)$/.test(action)))) &&
      (only === null || texts(only).includes(action)) &&
      !except.includes(action),
  );
  const isShallow =
    links.some((link) => link.name === 'shallow') || entryOf(positionalOptions(links[0]), 'shallow') !== null;
  const paths = pathsOf(name, isSingle, isShallow);
  return allowed.map(({ action, methods, isMember, below }) => ({
    action,
    methods,
    path: `${isMember ? paths.member : paths.collection}${below}`,
  }));
}

/** `photos.comments` is `photos/{photo}/comments` with members `photos/{photo}/comments/{comment}`. */
function pathsOf(
  name: string,
  isSingle: boolean,
  isShallow: boolean,
): { readonly collection: string; readonly member: string } {
  const parts = name.split('.');
  const last = parts.at(-1) ?? '';
  const outer = parts.slice(0, -1).map((part) => `${part}/{${parameterOf(part)}}/`);
  const collection = `${outer.join('')}${last}`;
  if (isSingle) return { collection, member: collection };
  const member = `/{${parameterOf(last)}}`;
  return { collection, member: isShallow ? `${last}${member}` : `${collection}${member}` };
}

function parameterOf(part: string): string {
  return singularize(part.split('/').at(-1) ?? part).replaceAll('-', '_');
}

function positionalOptions(link: ChainLink | undefined): Expression | null {
  if (link === undefined) return null;
  return positional(link.call).find((given, index) => index > 0 && given.kind === 'map') ?? null;
}

/** `only(['a', 'b'])` and `only('a', 'b')`. */
function argumentsOf({ call }: ChainLink): Expression {
  const given = positional(call);
  return given.length === 1 && given[0] !== undefined ? given[0] : { kind: 'list', items: given };
}
