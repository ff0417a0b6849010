import type { Store } from '../store.ts';

/** One resource that exists now. */
export interface ResourceEntry {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
}

/** A family of resources under one URI template (RFC 6570, simple expansion). */
export interface ResourceFamily {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** A template with `{name}` parts, or a fixed URI. */
  readonly uriTemplate: string;
  mimeTypeOf(variables: Readonly<Record<string, string>>): string;
  /** The latest first, at most 50. */
  list(store: Store): Promise<readonly ResourceEntry[]>;
  /** Values that a variable of the template can take, given those of the others; the latest first. */
  complete(
    variable: string,
    others: Readonly<Record<string, string>>,
    store: Store,
  ): Promise<readonly string[]>;
  /** `null`: there is no such resource. */
  read(variables: Readonly<Record<string, string>>, store: Store): Promise<string | null>;
}
