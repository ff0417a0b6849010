import type { HttpMethod } from '../types.ts';
import type { CodeRange } from '../types-code.ts';
import { lastName } from './expressions.ts';
import type { Entity } from './names/entity.ts';
import type { Resolver } from './names/resolver.ts';
import { methodOf } from './route-finder.ts';

/** One method of a class that answers requests of its own name. */
export interface ClassView {
  readonly method: HttpMethod;
  readonly name: string;
  readonly range: CodeRange;
}

/** Base classes of Django REST framework that answer without a method being written. */
const GENERIC_VIEWS: Readonly<Record<string, readonly HttpMethod[]>> = {
  CreateAPIView: ['POST'],
  ListAPIView: ['GET'],
  RetrieveAPIView: ['GET'],
  DestroyAPIView: ['DELETE'],
  UpdateAPIView: ['PUT', 'PATCH'],
  ListCreateAPIView: ['GET', 'POST'],
  RetrieveUpdateAPIView: ['GET', 'PUT', 'PATCH'],
  RetrieveDestroyAPIView: ['GET', 'DELETE'],
  RetrieveUpdateDestroyAPIView: ['GET', 'PUT', 'PATCH', 'DELETE'],
  ListView: ['GET'],
  DetailView: ['GET'],
  TemplateView: ['GET'],
  CreateView: ['GET', 'POST'],
  UpdateView: ['GET', 'POST'],
  DeleteView: ['GET', 'POST'],
  FormView: ['GET', 'POST'],
  RedirectView: ['GET'],
};

type ClassEntity = Entity & { readonly kind: 'symbol' | 'instance' };

/** Gives what a class-based view answers: its methods and its bases', then what generic bases answer by themselves. */
export function listClassViews(owner: ClassEntity, resolver: Resolver, depth = 0): readonly ClassView[] {
  const bases = depth > 5 ? [] : resolver.types.basesOf(owner);
  const all = [
    ...ownViews(owner, resolver),
    ...bases.flatMap((base) => [...listClassViews(base, resolver, depth + 1)]),
    ...genericViews(owner, resolver),
  ];
  // The first of a method counts: what is written nearest.
  return [...new Map([...all].reverse().map((view) => [view.method, view])).values()].reverse();
}

function ownViews(owner: ClassEntity, resolver: Resolver): readonly ClassView[] {
  const { scope } = resolver.program.symbol(owner);
  return resolver.program.facts(owner.file).symbols.flatMap(({ name, inScope, startLine, endLine }) => {
    const method = inScope === scope ? httpMethod(name) : null;
    return method === null ? [] : [{ method, name, range: { file: owner.file, startLine, endLine } }];
  });
}

function genericViews(owner: ClassEntity, resolver: Resolver): readonly ClassView[] {
  const { name, bases, startLine, endLine } = resolver.program.symbol(owner);
  const methods = bases.flatMap((base) => GENERIC_VIEWS[lastName(base) ?? ''] ?? []);
  return methods.map((method) => ({ method, name, range: { file: owner.file, startLine, endLine } }));
}

function httpMethod(name: string): HttpMethod | null {
  const method = /^[a-z]+$/.test(name) ? methodOf(name) : null;
  return method === 'ANY' || name === 'options' || name === 'head' ? null : method;
}
