import type { z } from 'zod';
import { listNamedParts } from './named-parts.ts';
import { nearestWord } from './nearest.ts';
import { quote } from './units.ts';

/** Types of failure that `drills.rto` of breakwater.yaml sets a target for. */
export const FAILURE_TYPES: readonly string[] = [
  'database',
  'cache',
  'application_crash',
  'network',
  'slow_query',
  'memory',
  'cpu',
];

interface Url {
  readonly url: string;
}
/** A write, and the read that asks for what it stored. */
export interface WrittenAndRead {
  readonly write: Url & { readonly capture: Readonly<Record<string, unknown>> };
  readonly read: Url;
}

/** Checks that each target is for a type of failure that there is. */
export function checkTargets(
  targets: Readonly<Record<string, unknown>>,
  context: z.RefinementCtx<Record<string, number>>,
): void {
  for (const type of Object.keys(targets).filter((key) => !FAILURE_TYPES.includes(key))) {
    const near = nearestWord(type, FAILURE_TYPES);
    const message = `no type of failure${near === null ? '' : `; did you mean ${near}?`} The types are ${FAILURE_TYPES.join(', ')}`;
    context.addIssue({ code: 'custom', path: [type], message });
  }
}

/** What is wrong with the URLs of a pair, as the place in it and a sentence; `null`: nothing. */
export function findUnfilled({
  write,
  read,
}: WrittenAndRead): { readonly path: readonly string[]; readonly message: string } | null {
  const [inWrite] = listNamedParts(write.url);
  if (inWrite !== undefined)
    return { path: ['write', 'url'], message: `nothing fills ${quote(`{${inWrite}}`)} of a write` };
  const captured = Object.keys(write.capture);
  const missing = listNamedParts(read.url).find((name) => !captured.includes(name));
  if (missing === undefined) return null;
  const near = nearestWord(missing, captured);
  const instead =
    near === null
      ? `add it to the write, for example capture: { ${missing}: /${missing} }`
      : `did you mean ${quote(`{${near}}`)}?`;
  return {
    path: ['read', 'url'],
    message: `the write captures no ${quote(missing)} (it captures ${captured.join(', ') || 'nothing'}); ${instead}`,
  };
}
