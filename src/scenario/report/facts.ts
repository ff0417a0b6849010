/**
 * Our nouns as what people read: snake_case keys, `Infinity` (a request without an answer) as text, since JSON
 * has no number for it. Reading back gives the same nouns.
 */

/** Keys whose value is keyed by the user's own names, or kept as it was read. */
const KEPT: ReadonlySet<string> = new Set([
  'headers',
  'segments',
  'capture',
  'params',
  'outcomes',
  'answers',
  'rtoMs',
  'rto_ms',
  'rpoMs',
  'rpo_ms',
  'runsOn',
  'runs_on',
  'bodySchema',
  'body_schema',
]);
const INFINITE = 'Infinity';

/** Gives `value` with snake_case keys. */
export function toFacts(value: unknown): unknown {
  return convert(value, '', {
    rename: (key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    leaf: (leaf) => (leaf === Number.POSITIVE_INFINITY ? INFINITE : leaf),
  });
}

/** Gives what `toFacts` gave as our nouns again. */
export function fromFacts(value: unknown): unknown {
  return convert(value, '', {
    rename: (key) => key.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase()),
    leaf: (leaf, key) => (leaf === INFINITE && key.endsWith('_ms') ? Number.POSITIVE_INFINITY : leaf),
  });
}

interface Conversion {
  readonly rename: (key: string) => string;
  readonly leaf: (leaf: unknown, key: string) => unknown;
}

function convert(value: unknown, key: string, how: Conversion): unknown {
  if (KEPT.has(key)) return value;
  if (Array.isArray(value)) return value.map((each) => convert(each, key, how));
  if (typeof value !== 'object' || value === null) return how.leaf(value, key);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [how.rename(name), convert(each, name, how)]),
  );
}
