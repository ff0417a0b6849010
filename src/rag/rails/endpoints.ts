import type { Route } from '../../types-code.ts';
import type { CallExpression } from '../facts.ts';
import type { Place } from '../names/entity.ts';
import type { Resolver } from '../names/resolver.ts';
import type { RailsControllers } from './controllers.ts';
import type { RailsScope } from './scope.ts';

/** What reading a table of routes needs, and where its routes go. */
export interface RouteTarget {
  readonly resolver: Resolver;
  readonly controllers: RailsControllers;
  readonly add: (route: Route) => void;
  /** Hangs an engine or another application below a path. */
  readonly mount: (call: CallExpression, place: Place, scope: RailsScope) => void;
  /** The file that `draw(:name)` reads; `null`: none. */
  readonly findTable: (name: string, fromFile: string) => string | null;
}
