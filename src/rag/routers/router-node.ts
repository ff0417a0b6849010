import type { CallExpression, Expression } from '../facts.ts';
import type { Place } from '../names/entity.ts';

/** Where a router hangs. */
export interface Mount {
  readonly parent: RouterNode;
  readonly prefix: Place & { readonly expression: Expression | null };
  readonly tags: Expression | null;
  readonly replacesPrefix: boolean;
}

/** A router object, or a parameter that is given one. */
export interface RouterNode {
  readonly key: string;
  /** The call that made it; `null`: a parameter. */
  readonly made: (Place & { readonly call: CallExpression }) | null;
  /** A router for certain, not only by what is called on it. */
  readonly certain: boolean;
  readonly prefix: Expression | null;
  readonly tags: Expression | null;
  readonly mounts: Mount[];
  /** Prefix that is set after it was made. */
  later: Mount['prefix'] | null;
}
